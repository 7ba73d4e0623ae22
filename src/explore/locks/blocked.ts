import { PackedSystem } from '../../program/packed-system.js'
import type { Program } from '../../program/program.js'
import { meet } from '../../state/footprint.js'
import { type Locks, NONE } from './held.js'

/**
 * Tells for which locks a blocked thread waits: those that are held, and told to be so by a field that its condition
 * reads, too.
 */
export class Blocked {
  readonly #system: PackedSystem
  readonly #reads: Int32Array

  constructor(
    program: Program,
    readonly locks: Locks,
  ) {
    this.#system = new PackedSystem(program, { watch: true })
    this.#reads = this.#system.footprint.reads.slice()
  }

  /** For each thread whose locks thread `t` waits for in the state `vector`, its own included: how that holds them. */
  waitsFor(vector: Int32Array, t: number): Uint8Array[] {
    const { locks } = this
    const { footprint, shared, threads } = this.#system
    this.#system.vector.set(vector)
    footprint.clear()
    this.#system.enabled(t)
    this.#reads.set(footprint.reads)
    return threads.flatMap((_, holder) => {
      const held = locks.of(shared, holder)
      locks.all.forEach((lock, i) => {
        if (held[i] === NONE) return
        footprint.clear()
        locks.classes[lock.of].holds(shared as never, lock.instance, holder)
        if (!meet(this.#reads, footprint.reads)) held[i] = NONE
      })
      return held.some(as => as !== NONE) ? [held] : []
    })
  }
}
