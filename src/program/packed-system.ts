import { ModelError } from '../errors.js'
import { encode } from '../state/codec.js'
import { Footprint } from '../state/footprint.js'
import { sizeOf } from '../state/layout.js'
import { type Buffers, buffers, PackedAccessors } from '../state/packed.js'
import type { Outcome, PrivateWords, Successors, WatchedSystem } from '../system/system.js'
import { choiceOf, ORDINAL_VALUES, ordinalOf, threadOf } from '../system/system.js'
import type { Code } from './code.js'
import { running } from './current.js'
import { END, type Exec, link, unreachable } from './exec.js'
import { forget, said, testedAssertions } from './findings.js'
import { framesFrom } from './graph.js'
import { BLOCKED, ENDS, Interpreter } from './interpreter.js'
import { layoutOf, type SystemLayout } from './layout.js'
import { startThread } from './mistakes.js'
import type { Program } from './program.js'
import { type Expanders, makeExpanders } from './step-code.js'

interface PackedOptions {
  /** How many states are expanded node by node before code is made for that: most scenarios are small. */
  readonly warmUp?: number
  /** Whether to note what is read and written. It costs about a tenth of the speed. */
  readonly watch?: boolean
}

/** A program on the packed vector: what explores. */
export class PackedSystem implements WatchedSystem {
  readonly memory: Buffers
  readonly words: number
  readonly vector: Int32Array
  readonly threads: readonly string[]
  readonly maxSuccessors: number
  readonly layout: SystemLayout
  /** The shared state, on the working vector. */
  readonly shared: object
  readonly #steps: readonly (readonly Exec[])[]
  readonly #initial: readonly Int32Array[]
  readonly #interpreter: Interpreter
  /** Expansions that are still done node by node. */
  #cold: number
  #expand: Expanders | undefined
  readonly #footprint: Footprint | undefined

  constructor(
    readonly program: Program,
    { warmUp = 2000, watch = false }: PackedOptions = {},
  ) {
    const { scenario, threads } = program
    this.#cold = warmUp
    const frames = threads.map(thread => framesFrom(thread.entry))
    this.layout = layoutOf(scenario.schema, threads, frames)
    this.memory = buffers(this.layout.bytes)
    this.vector = this.memory.i32
    this.words = this.vector.length
    this.threads = threads.map(thread => thread.name)
    if (threads.length > 0xffff / ORDINAL_VALUES) {
      throw new ModelError(`scenario ${scenario.name}`, `has ${threads.length} threads`, 'use at most 255')
    }
    this.#footprint = watch ? new Footprint(sizeOf(scenario.schema).size) : undefined
    this.shared = new PackedAccessors(this.memory, this.#footprint).at(scenario.schema, 0)
    const accessors = new PackedAccessors(this.memory)
    const linked = threads.map((thread, i) => link(thread.entry, accessors, this.layout.threads[i].frames))
    this.#steps = linked.map((map, i) => threads[i].steps.map(step => map.get(step) ?? unreachable(step)))
    const all = this.#steps.flat()
    all.forEach((step, id) => {
      step.id = id
    })
    const pcs = this.layout.threads.map(({ pc, pcWidth }) => ({ at: pc, wide: pcWidth === 2 }))
    const interpreter = new Interpreter(this.memory, this.shared, pcs, all.length)
    this.#interpreter = interpreter
    this.maxSuccessors = this.#steps.reduce(
      (sum, steps) => sum + steps.reduce((most, step) => Math.max(most, step.choices), 1),
      0,
    )
    this.#initial = scenario.initial.map((_, i) => {
      this.vector.fill(0)
      encode(scenario.schema, program.initial[i], this.memory, 0)
      threads.forEach((thread, t) => {
        const entry = linked[t].get(thread.entry)
        running.thread = t
        if (entry) interpreter.setPc(t, startThread(program, t, () => interpreter.settle(entry, 0)).pc)
      })
      return this.vector.slice()
    })
  }

  get initialCount(): number {
    return this.#initial.length
  }

  loadInitial(index: number): void {
    this.vector.set(this.#initial[index])
  }

  expand(sink: Successors): number {
    return this.#expand ? this.#expand.all(sink) : this.#expandCold(sink)
  }

  /** @throws Error when the system was made without `watch`. */
  get footprint(): Footprint {
    if (this.#footprint) return this.#footprint
    throw new Error('this system does not note what it reads and writes; make it with `watch`')
  }

  get privates(): readonly PrivateWords[] {
    return this.layout.threads.map(({ pc, end }) => ({ from: pc / 4, to: Math.ceil(end / 4) }))
  }

  expandThread(thread: number, sink: Successors): number {
    if (this.program.setup && thread !== 0 && this.#at(0).kind !== END) return 0
    if (this.#expand) return this.#expand.one(thread, sink)
    const interpreter = this.#interpreter
    interpreter.save()
    running.thread = thread
    return interpreter.expand(sink, thread, this.#at(thread))
  }

  offered(thread: number): number[] {
    const ordinals: number[] = []
    const { choices } = this.#at(thread)
    for (let choice = 0; choice < choices; choice++) {
      if (this.#able(thread, choice) !== BLOCKED) ordinals.push(ordinalOf(thread, choice))
      forget()
    }
    return ordinals
  }

  get setup(): boolean {
    return this.program.setup
  }

  #expandCold(sink: Successors): number {
    const { setup } = this.program
    const interpreter = this.#interpreter
    if (this.#cold-- <= 0) {
      this.#expand = makeExpanders(interpreter, this.#steps, setup)
      return this.#expand.all(sink)
    }
    interpreter.save()
    // The setup thread runs alone until it has ended.
    const count = setup && this.#at(0).kind !== END ? 1 : this.#steps.length
    let enabled = 0
    for (let t = 0; t < count; t++) {
      running.thread = t
      enabled += interpreter.expand(sink, t, this.#at(t))
    }
    return enabled
  }

  fire(ordinal: number): Outcome {
    const interpreter = this.#interpreter
    const t = threadOf(ordinal)
    const choice = choiceOf(ordinal)
    const condition = this.#able(t, choice)
    if (condition === BLOCKED) throw new Error(`step ${ordinal} of ${this.threads[t] ?? 'no thread'} is not enabled`)
    interpreter.save()
    const node = this.#at(t)
    const broke = condition === ENDS ? undefined : interpreter.run(t, node, node.values[choice] ?? 0)
    const outcome = { findings: said.findings, cut: said.cut, broke }
    forget()
    if (outcome.cut !== '' || broke || outcome.findings.some(finding => finding.fatal)) interpreter.restore()
    return outcome
  }

  enabled(thread: number): boolean {
    const { choices } = this.#at(thread)
    for (let choice = 0; choice < choices; choice++) {
      const condition = this.#able(thread, choice)
      forget()
      if (condition !== BLOCKED) return true
    }
    return false
  }

  atRest(): boolean {
    return this.#steps.every((_, t) => this.#at(t).kind === END || this.program.threads[t].daemon)
  }

  /** Names of the assertions that a step has tested since the start. */
  get tested(): ReadonlySet<string> {
    return new Set(testedAssertions())
  }

  /** The step that `thread` is about to take in the working vector. */
  stepAt(thread: number): Code {
    return this.#at(thread).code
  }

  /** How often each step of each thread ran since the start, by step number. */
  get coverage(): readonly (readonly number[])[] {
    return this.#steps.map(steps => steps.map(step => this.#interpreter.ran[step.id]))
  }

  #at(t: number): Exec {
    return this.#steps[t][this.#interpreter.pcOf(t)]
  }

  /** Whether thread `t` may take the step of that choice now. What its condition says is left in `said`. */
  #able(t: number, choice: number): number {
    if (t >= this.#steps.length || (this.program.setup && t !== 0 && this.#at(0).kind !== END)) return BLOCKED
    const node = this.#at(t)
    running.thread = t
    return choice < node.choices ? this.#interpreter.condition(node, choice) : BLOCKED
  }
}
