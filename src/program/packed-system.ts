import { ModelError } from '../errors.js'
import { encode } from '../state/codec.js'
import { type Buffers, buffers, PackedAccessors } from '../state/packed.js'
import { RangeViolation } from '../state/range.js'
import type { Outcome, Successors, System } from '../system/system.js'
import { choiceOf, ORDINAL_VALUES, ordinalOf, threadOf } from '../system/system.js'
import type { Code } from './code.js'
import { running } from './current.js'
import { CHOOSE, END, ENTER, type Exec, LOCAL, link, TEST, unreachable, WAIT, WHEN } from './exec.js'
import { forget, Stop, said } from './findings.js'
import { framesFrom } from './graph.js'
import { layoutOf, type SystemLayout } from './layout.js'
import { blocksInside, loopsWithoutStep, MOST_AT_ONCE, neverLeaves, startThread, thrownIn } from './mistakes.js'
import type { Program } from './program.js'

/** What a condition says about its step. One that ends in a finding or a bound ends the run in that step. */
const BLOCKED = 0
const READY = 1
const ENDS = 2

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
  #left = false

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
        running.thread = t
        if (entry) this.#setPc(t, startThread(program, t, () => this.#settle(entry, 0)).pc)
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
          const condition = this.#condition(node, values[i])
          if (condition === BLOCKED) continue
          enabled++
          this.#emit(sink, t, node, i, condition)
        }
      } else if (node.kind === WAIT) {
        const condition = this.#condition(node, 0)
        if (condition === BLOCKED) continue
        enabled++
        this.#emit(sink, t, node, 0, condition)
      } else if (node.kind !== END) {
        enabled++
        this.#emit(sink, t, node, 0, READY)
      }
    }
    return enabled
  }

  fire(ordinal: number): Outcome {
    const t = threadOf(ordinal)
    const choice = choiceOf(ordinal)
    const condition = this.#able(t, choice)
    if (condition === BLOCKED) throw new Error(`step ${ordinal} of ${this.threads[t] ?? 'no thread'} is not enabled`)
    this.#save(this.vector, this.#saved, 0)
    const node = this.#at(t)
    const broke = condition === ENDS ? undefined : this.#run(t, node, node.kind === CHOOSE ? node.values[choice] : 0)
    const outcome = { findings: said.findings, cut: said.cut, broke }
    forget()
    if (outcome.cut !== '' || broke || outcome.findings.some(finding => finding.fatal)) {
      this.#restore(this.vector, this.#saved)
    }
    return outcome
  }

  enabled(thread: number): boolean {
    const node = this.#at(thread)
    const choices = node.kind === CHOOSE ? node.values.length : 1
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

  /** Whether thread `t` may take the step of that choice now. What its condition says is left in `said`. */
  #able(t: number, choice: number): number {
    if (t >= this.#steps.length || (this.program.setup && t !== 0 && this.#at(0).kind !== END)) return BLOCKED
    const node = this.#at(t)
    running.thread = t
    if (choice >= (node.kind === CHOOSE ? node.values.length : node.kind === END ? 0 : 1)) return BLOCKED
    return node.kind === CHOOSE || node.kind === WAIT ? this.#condition(node, node.values[choice] ?? 0) : READY
  }

  #condition(node: Exec, value: number): number {
    try {
      if (node.test(this.shared, node.t, value)) return READY
      // A condition that is false is looked at again and again: what it says counts when its step runs.
      if (said.findings.length > 0) forget()
      return BLOCKED
    } catch (thrown) {
      if (thrown instanceof Stop) return ENDS
      forget()
      throw thrownIn(node.code, thrown)
    }
  }

  #emit(sink: Successors, t: number, node: Exec, choice: number, condition: number): void {
    const ordinal = ordinalOf(t, choice)
    const broke = condition === ENDS ? undefined : this.#run(t, node, node.kind === CHOOSE ? node.values[choice] : 0)
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

  /**
   * Runs a step and all that belongs to it; returns the error when it stored a value out of range. The condition of
   * the step itself was tested before.
   */
  #run(t: number, start: Exec, value: number): Error | undefined {
    let node = start
    try {
      for (let steps = 0; ; steps++) {
        node.ran++
        let next = node.next
        if (node.kind === TEST) {
          if (!node.test(this.shared, node.t, 0)) next = node.no
        } else node.run(this.shared, node.t, value)
        const after = this.#settle(next, node.region)
        if (node.region === 0 || after.region !== node.region || this.#left) {
          this.#setPc(t, after.pc)
          return undefined
        }
        node = after
        if (node.kind === CHOOSE || (node.kind === WAIT && !node.test(this.shared, node.t, 0))) {
          throw blocksInside(node.code)
        }
        if (steps > MOST_AT_ONCE) throw neverLeaves(node.code)
      }
    } catch (thrown) {
      if (thrown instanceof Stop) return undefined
      if (thrown instanceof RangeViolation) return thrown
      forget()
      this.#restore(this.vector, this.#saved)
      throw thrownIn(node.code, thrown)
    }
  }

  /** Runs hidden nodes up to the next step; sets `#left` when one of them lies outside the atomic region `region`. */
  #settle(from: Exec, region: number): Exec {
    let node = from
    this.#left = false
    for (let hops = 0; node.kind >= LOCAL; hops++) {
      if (node.region !== region) this.#left = true
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
      if (hops > MOST_AT_ONCE) throw loopsWithoutStep(node.code)
    }
    return node
  }
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
