import { ModelError, reasonOf } from '../errors.js'
import { encode } from '../state/codec.js'
import { sizeOf } from '../state/layout.js'
import { type Buffers, buffers, PackedAccessors, RangeViolation } from '../state/packed.js'
import type { Outcome, Successors, System } from '../system/system.js'
import { choiceOf, ORDINAL_VALUES, ordinalOf, threadOf } from '../system/system.js'
import type { CallFrame, Code } from './code.js'
import { running } from './current.js'
import { Stop, said } from './findings.js'
import { framesFrom, nodesFrom } from './graph.js'
import { frameOffset, layoutOf, type SystemLayout } from './layout.js'
import type { Program } from './program.js'

/** Kinds of executable nodes, as small integers for the hot loop; those from LOCAL on run with the step before them. */
const STEP = 0
const WAIT = 1
const CHOOSE = 2
const TEST = 3
const END = 4
const LOCAL = 5
const WHEN = 6
const ENTER = 7
const LEAVE = 8

const KINDS = {
  step: STEP,
  wait: WAIT,
  choose: CHOOSE,
  test: TEST,
  end: END,
  local: LOCAL,
  when: WHEN,
  enter: ENTER,
  leave: LEAVE,
}

/** Hidden nodes that may follow each other before a loop without a step is assumed. */
const MAX_HIDDEN = 100_000

type Run = (s: object, t: object, value: number) => void
type Condition = (s: object, t: object, value: number) => boolean

/** One node bound to the working vector. One class for all kinds, so that the interpreter stays monomorphic. */
class Exec {
  next: Exec = this
  no: Exec = this
  run: Run = () => undefined
  test: Condition = () => true
  values: readonly number[] = []
  /** Enter: the callee's locals and what to put there. */
  callee: Record<string, unknown> = {}
  names: string[] = []
  args: ((t: object) => unknown)[] = []
  /** Leave: the result, where it goes, and the bytes of the frame that dies. */
  value: ((t: object) => unknown) | undefined
  into: ((t: object, value: unknown) => void) | undefined
  caller: object = {}
  clearFrom = 0
  clearTo = 0
  /** How often it ran, for coverage. */
  ran = 0
  constructor(
    readonly kind: number,
    readonly pc: number,
    readonly region: number,
    readonly t: object,
    readonly code: Code,
  ) {}
}

/** A program on the packed vector: what explores. */
export class PackedSystem implements System {
  readonly memory: Buffers
  readonly words: number
  readonly vector: Int32Array
  readonly threads: readonly string[]
  readonly maxSuccessors: number
  readonly layout: SystemLayout
  /** The shared state, on the working vector. */
  readonly shared: object
  readonly #steps: readonly (readonly Exec[])[]
  readonly #initial: Int32Array[]
  readonly #saved: Int32Array
  readonly #save: (from: Int32Array, to: Int32Array, at: number) => void
  readonly #restore: (to: Int32Array, from: Int32Array) => void
  readonly #pc: Int32Array
  readonly #wide: Uint8Array

  constructor(readonly program: Program) {
    const { scenario, threads } = program
    const frames = threads.map(thread => framesFrom(thread.entry))
    this.layout = layoutOf(scenario.schema, threads, frames)
    this.memory = buffers(this.layout.bytes)
    this.vector = this.memory.i32
    this.words = this.vector.length
    this.threads = threads.map(thread => thread.name)
    if (threads.length > 0xffff / ORDINAL_VALUES) {
      throw new ModelError(`scenario ${scenario.name}`, `has ${threads.length} threads`, 'use at most 255')
    }
    const accessors = new PackedAccessors(this.memory)
    this.shared = accessors.at(scenario.schema, 0)
    this.#saved = new Int32Array(this.words)
    const { save, restore } = copiers(this.words)
    this.#save = save
    this.#restore = restore
    this.#pc = Int32Array.from(this.layout.threads, thread => thread.pc)
    this.#wide = Uint8Array.from(this.layout.threads, thread => (thread.pcWidth === 2 ? 1 : 0))
    const linked = threads.map((thread, i) => link(thread.entry, accessors, this.layout.threads[i].frames))
    this.#steps = linked.map((map, i) => threads[i].steps.map(step => map.get(step) ?? unreachable(step)))
    this.maxSuccessors = this.#steps.reduce(
      (sum, steps) =>
        sum + steps.reduce((most, step) => Math.max(most, step.kind === CHOOSE ? step.values.length : 1), 1),
      0,
    )
    this.#initial = scenario.initial.map((_, i) => {
      this.vector.fill(0)
      encode(scenario.schema, program.initial[i], this.memory, 0)
      threads.forEach((thread, t) => {
        const entry = linked[t].get(thread.entry)
        if (entry) this.#setPc(t, this.#settle(entry).pc)
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
    this.#save(this.vector, this.#saved, 0)
    let enabled = 0
    const steps = this.#steps
    // The setup thread runs alone until it has ended.
    const count = this.program.setup && this.#at(0).kind !== END ? 1 : steps.length
    for (let t = 0; t < count; t++) {
      const node = this.#at(t)
      running.thread = t
      if (node.kind === CHOOSE) {
        const values = node.values
        for (let i = 0; i < values.length; i++) {
          if (!node.test(this.shared, node.t, values[i])) continue
          enabled++
          this.#emit(sink, t, node, i)
        }
      } else if (node.kind !== END && (node.kind !== WAIT || node.test(this.shared, node.t, 0))) {
        enabled++
        this.#emit(sink, t, node, 0)
      }
    }
    return enabled
  }

  fire(ordinal: number): Outcome {
    const t = threadOf(ordinal)
    running.thread = t
    const node = this.#at(t)
    const value = node.kind === CHOOSE ? node.values[choiceOf(ordinal)] : 0
    if (!this.#ready(node, value) || (this.program.setup && t !== 0 && this.#at(0).kind !== END)) {
      throw new Error(`step ${ordinal} of ${this.threads[t]} is not enabled`)
    }
    const broke = this.#run(t, node, value)
    const outcome = { findings: said.findings, cut: said.cut, broke }
    forget()
    return outcome
  }

  enabled(thread: number): boolean {
    if (this.program.setup && thread !== 0 && this.#at(0).kind !== END) return false
    const node = this.#at(thread)
    running.thread = thread
    if (node.kind === END) return false
    return node.kind === CHOOSE
      ? node.values.some(value => node.test(this.shared, node.t, value))
      : this.#ready(node, 0)
  }

  atRest(): boolean {
    return this.#steps.every((_, t) => this.#at(t).kind === END || this.program.threads[t].daemon)
  }

  /** The step that `thread` is about to take in the working vector. */
  stepAt(thread: number): Code {
    return this.#at(thread).code
  }

  /** How often each step of each thread ran since the start, by step number. */
  get coverage(): readonly (readonly number[])[] {
    return this.#steps.map(steps => steps.map(step => step.ran))
  }

  #at(t: number): Exec {
    const at = this.#pc[t]
    return this.#steps[t][this.#wide[t] === 1 ? this.memory.u8[at] | (this.memory.u8[at + 1] << 8) : this.memory.u8[at]]
  }

  #setPc(t: number, pc: number): void {
    const at = this.#pc[t]
    this.memory.u8[at] = pc & 0xff
    if (this.#wide[t] === 1) this.memory.u8[at + 1] = pc >> 8
  }

  #ready(node: Exec, value: number): boolean {
    if (node.kind === END) return false
    return node.kind !== WAIT && node.kind !== CHOOSE ? true : node.test(this.shared, node.t, value)
  }

  #emit(sink: Successors, t: number, node: Exec, choice: number): void {
    const ordinal = ordinalOf(t, choice)
    const broke = this.#run(t, node, node.kind === CHOOSE ? node.values[choice] : 0)
    if (said.findings.length > 0 || said.cut !== '' || broke) {
      if (this.#report(sink, ordinal, broke)) this.#push(sink, ordinal)
    } else this.#push(sink, ordinal)
    this.#restore(this.vector, this.#saved)
  }

  #push(sink: Successors, ordinal: number): void {
    this.#save(this.vector, sink.words, sink.slot * this.words)
    sink.push(ordinal)
  }

  /** Hands on what the step said; true when it has a successor all the same. */
  #report(sink: Successors, ordinal: number, broke: Error | undefined): boolean {
    const { findings, cut } = said
    forget()
    if (findings.length > 0) sink.found(ordinal, findings)
    if (cut !== '') sink.cut(ordinal, cut)
    if (broke) sink.broke(ordinal, broke)
    return cut === '' && !broke && !findings.some(finding => finding.fatal)
  }

  /** Runs a step and all that belongs to it; returns the error when it stored a value out of range. */
  #run(t: number, start: Exec, value: number): Error | undefined {
    let node = start
    try {
      for (;;) {
        node.ran++
        let next = node.next
        if (node.kind === TEST) {
          if (!node.test(this.shared, node.t, 0)) next = node.no
        } else node.run(this.shared, node.t, value)
        const after = this.#settle(next)
        if (node.region === 0 || after.region !== node.region || this.#left) {
          this.#setPc(t, after.pc)
          return undefined
        }
        node = after
        if (node.kind === CHOOSE || (node.kind === WAIT && !node.test(this.shared, node.t, 0))) {
          throw new ModelError(
            where(node),
            'may not block or choose inside an atomic region',
            'end the region before it',
          )
        }
      }
    } catch (thrown) {
      if (thrown instanceof Stop) return undefined
      if (thrown instanceof RangeViolation) return thrown
      if (thrown instanceof ModelError) throw thrown
      throw new ModelError(where(node), `threw: ${reasonOf(thrown)}`, 'fix the recipe')
    }
  }

  #left = false

  /** Runs hidden nodes up to the next step. */
  #settle(from: Exec): Exec {
    let node = from
    let region = -1
    this.#left = false
    for (let hops = 0; node.kind >= LOCAL; hops++) {
      if (region === -1) region = node.region
      else if (node.region !== region) this.#left = true
      if (node.kind === LOCAL) {
        ;(node.run as unknown as (t: object) => void)(node.t)
        node = node.next
      } else if (node.kind === WHEN) {
        node = (node.test as unknown as (t: object) => boolean)(node.t) ? node.next : node.no
      } else if (node.kind === ENTER) {
        for (let i = 0; i < node.names.length; i++) node.callee[node.names[i]] = node.args[i](node.t)
        node = node.next
      } else {
        if (node.value && node.into) node.into(node.caller, node.value(node.t))
        this.memory.u8.fill(0, node.clearFrom, node.clearTo)
        node = node.next
      }
      if (hops > MAX_HIDDEN)
        throw new ModelError(where(node), 'loops without taking a step', 'put a step into the loop')
    }
    return node
  }
}

function forget(): void {
  said.findings = []
  said.cut = ''
}

function where(node: Exec): string {
  const label = 'label' in node.code ? ` step '${node.code.label}'` : ''
  return `${node.code.frame.operation}${label}`
}

function unreachable(step: Code): Exec {
  return new Exec(KINDS[step.kind], 'pc' in step ? step.pc : 0, 0, {}, step)
}

/** Binds every node of a thread to accessors of its frames. */
function link(entry: Code, accessors: PackedAccessors, base: number): Map<Code, Exec> {
  const locals = new Map<CallFrame, object>()
  const localsOf = (frame: CallFrame): object => {
    const known = locals.get(frame)
    if (known) return known
    const made = accessors.at(frame.type, frameOffset(frame, base))
    locals.set(frame, made)
    return made
  }
  const nodes = nodesFrom(entry)
  const execs = new Map(
    nodes.map(code => [
      code,
      new Exec(KINDS[code.kind], 'pc' in code ? code.pc : 0, code.region, localsOf(code.frame), code),
    ]),
  )
  const of = (code: Code): Exec => execs.get(code) ?? unreachable(code)
  for (const [code, exec] of execs) {
    switch (code.kind) {
      case 'step':
      case 'local':
        exec.run = code.run as unknown as Run
        exec.next = of(code.next)
        break
      case 'wait':
        exec.test = code.ready as unknown as Condition
        exec.run = code.run as unknown as Run
        exec.next = of(code.next)
        break
      case 'choose':
        exec.values = code.values
        exec.test = code.when as Condition
        exec.run = code.run as unknown as Run
        exec.next = of(code.next)
        break
      case 'test':
      case 'when':
        exec.test = code.condition as unknown as Condition
        exec.next = of(code.yes)
        exec.no = of(code.no)
        break
      case 'enter':
        exec.callee = localsOf(code.callee) as Record<string, unknown>
        exec.names = code.params.map(param => param.name)
        exec.args = code.params.map(param => param.value as (t: object) => unknown)
        exec.next = of(code.next)
        break
      case 'leave': {
        exec.value = code.value as ((t: object) => unknown) | undefined
        exec.into = code.into as ((t: object, value: unknown) => void) | undefined
        exec.caller = code.frame.caller ? localsOf(code.frame.caller) : {}
        exec.clearFrom = frameOffset(code.frame, base)
        exec.clearTo = exec.clearFrom + sizeOf(code.frame.type).size
        exec.next = of(code.next)
        break
      }
      case 'end':
        break
    }
  }
  return execs
}

/** Straight-line copies of one vector; about twice as fast as a loop at these lengths. */
function copiers(words: number): {
  save: (from: Int32Array, to: Int32Array, at: number) => void
  restore: (to: Int32Array, from: Int32Array) => void
} {
  const lines = (line: (i: number) => string) => Array.from({ length: words }, (_, i) => line(i)).join(';')
  return {
    save: new Function(
      'from',
      'to',
      'at',
      lines(i => `to[at+${i}]=from[${i}]`),
    ) as never,
    restore: new Function(
      'to',
      'from',
      lines(i => `to[${i}]=from[${i}]`),
    ) as never,
  }
}
