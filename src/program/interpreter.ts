import type { Buffers } from '../state/packed.js'
import { RangeViolation } from '../state/range.js'
import { ordinalOf, type Successors } from '../system/system.js'
import { CHOOSE, ENTER, type Exec, LOCAL, TEST, WAIT, WHEN } from './exec.js'
import { forget, Stop, said } from './findings.js'
import { blocksInside, loopsWithoutStep, MOST_AT_ONCE, neverLeaves, thrownIn } from './mistakes.js'

/** What a condition says about its step. One that ends in a finding or a bound ends the run in that step. */
export const BLOCKED = 0
export const READY = 1
export const ENDS = 2

/** Where a thread's program counter lies. */
export interface PcPlace {
  readonly at: number
  readonly wide: boolean
}

/** Runs steps on the working vector, node by node, whatever happens in them. */
export class Interpreter {
  readonly words: number
  /** The state that is expanded, which every step starts from. */
  readonly saved: Int32Array
  /** How often each step ran, by `Exec.id`. */
  readonly ran: Float64Array
  readonly #copy: Copy
  #left = false

  constructor(
    readonly memory: Buffers,
    readonly shared: object,
    readonly pcs: readonly PcPlace[],
    steps: number,
  ) {
    this.words = memory.i32.length
    this.saved = new Int32Array(this.words)
    this.ran = new Float64Array(steps)
    this.#copy = makeCopy(this.words)
  }

  /** Remembers the working vector, for the steps that start from it. */
  save(): void {
    this.#copy(this.memory.i32, this.saved, 0)
  }

  /** Puts back what `save` remembered. */
  restore(): void {
    this.#copy(this.saved, this.memory.i32, 0)
  }

  pcOf(t: number): number {
    const { at, wide } = this.pcs[t]
    const { u8 } = this.memory
    return wide ? u8[at] | (u8[at + 1] << 8) : u8[at]
  }

  setPc(t: number, pc: number): void {
    const { at, wide } = this.pcs[t]
    this.memory.u8[at] = pc & 0xff
    if (wide) this.memory.u8[at + 1] = pc >> 8
  }

  /** Writes the working vector to the next slot of `sink`. */
  write(sink: Successors): void {
    this.#copy(this.memory.i32, sink.words, sink.slot * this.words)
  }

  /** Hands the successors of a step to `sink`. Returns how many of its choices are enabled. */
  expand(sink: Successors, t: number, node: Exec): number {
    let enabled = 0
    for (let choice = 0; choice < node.choices; choice++) enabled += this.expandChoice(sink, t, node, choice)
    return enabled
  }

  /** Takes one choice of a step from what `save` remembered. Returns 1 if it is enabled, 0 if not. */
  expandChoice(sink: Successors, t: number, node: Exec, choice: number): number {
    this.restore()
    if (said.findings.length > 0 || said.cut !== '') forget()
    const condition = this.condition(node, choice)
    if (condition === BLOCKED) return 0
    const ordinal = ordinalOf(t, choice)
    const broke = condition === ENDS ? undefined : this.run(t, node, node.values[choice] ?? 0)
    if (said.findings.length > 0 || said.cut !== '' || broke) {
      if (this.#report(sink, ordinal, broke)) this.#push(sink, ordinal)
    } else this.#push(sink, ordinal)
    this.restore()
    return 1
  }

  /** What the condition of a step says now; findings are left in `said` when it ends the run. */
  condition(node: Exec, choice: number): number {
    if (node.kind !== CHOOSE && node.kind !== WAIT) return READY
    try {
      if (node.test(this.shared, node.t, node.values[choice] ?? 0)) return READY
      // A condition that is false is looked at again and again: what it says counts when its step runs.
      if (said.findings.length > 0) forget()
      return BLOCKED
    } catch (thrown) {
      if (thrown instanceof Stop) return ENDS
      forget()
      throw thrownIn(node.code, thrown)
    }
  }

  /**
   * Runs a step and all that belongs to it; returns the error when it stored a value out of range. The condition of
   * the step itself was tested before.
   */
  run(t: number, start: Exec, value: number): Error | undefined {
    let node = start
    try {
      for (let steps = 0; ; steps++) {
        this.ran[node.id]++
        let next = node.next
        if (node.kind === TEST) {
          if (!node.test(this.shared, node.t, 0)) next = node.no
        } else node.run(this.shared, node.t, value)
        const after = this.settle(next, node.region)
        if (node.region === 0 || after.region !== node.region || this.#left) {
          this.setPc(t, after.pc)
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
      this.restore()
      throw thrownIn(node.code, thrown)
    }
  }

  /** Runs hidden nodes up to the next step; notes whether one of them lies outside the atomic region `region`. */
  settle(from: Exec, region: number): Exec {
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

  #push(sink: Successors, ordinal: number): void {
    this.write(sink)
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
}

type Copy = (from: Int32Array, to: Int32Array, at: number) => void

/** A straight-line copy of one vector; about twice as fast as a loop at these lengths. */
function makeCopy(words: number): Copy {
  const lines = Array.from({ length: words }, (_, i) => `to[at+${i}]=from[${i}]`)
  return new Function('from', 'to', 'at', lines.join(';')) as Copy
}
