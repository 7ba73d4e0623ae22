import { include, meet } from '../../state/footprint.js'
import type { WatchedSystem } from '../../system/system.js'
import type { Check } from '../checks.js'

/** Bits of a word of a set. */
const BITS = 32

/** One predicate over states that the search asks again whenever a cell that it reads has changed. */
interface Observer {
  readonly holds: () => boolean
  /** The cells that it has ever read. */
  readonly cells: Int32Array
  /** What is told when it holds, or does not. */
  readonly tell: (holds: boolean) => void
}

/**
 * The predicates that are asked in every state: the parts of each invariant, premises, and what is to be reachable.
 *
 * Two steps that write cells of the same observer count as dependent. So runs that are equal but for the order of
 * independent steps show each observer the same values of its cells, one after the other: what one of them violates,
 * all of them do. It is enough that an observer reads no more than the known cells in the states that are visited: in
 * any other state it finds, in those cells, what it finds in one of these, and so reads the same. When one reads more
 * than was known, the search begins anew.
 */
export class Observers {
  readonly #observers: Observer[]
  readonly #cellWords: number
  /** Words of a set of cells with a bit for each observer behind it. */
  readonly width: number
  /** Whether an observer has read a cell that it was not known to read. */
  grew = false

  constructor(
    readonly system: WatchedSystem,
    checks: readonly Check[],
    told: { readonly violated: (check: Check) => void; readonly tested: (check: Check) => void },
  ) {
    this.#cellWords = system.footprint.reads.length
    const make = (holds: () => boolean, tell: (holds: boolean) => void): Observer => ({
      holds,
      tell,
      cells: new Int32Array(this.#cellWords),
    })
    this.#observers = checks.flatMap(check => {
      if (check.when !== 'always' && check.when !== 'reachable') return []
      const bad = check.when === 'reachable'
      return [
        make(check.premise, holds => holds && told.tested(check)),
        ...(check.parts ?? [check.holds]).map(part => make(part, holds => holds === bad && told.violated(check))),
      ]
    })
    this.width = this.#cellWords + Math.ceil(this.#observers.length / BITS)
  }

  /** Adds the observers of the cells among `writes` behind them. */
  mark(writes: Int32Array): void {
    this.#observers.forEach(({ cells }, i) => {
      if (meet(cells, writes)) writes[this.#cellWords + (i >> 5)] |= 1 << (i & 31)
    })
  }

  /** Asks the observers that are marked in `writes`, or all, about the working vector. */
  look(writes?: Int32Array): void {
    const { footprint } = this.system
    this.#observers.forEach(({ holds, cells, tell }, i) => {
      if (writes && ((writes[this.#cellWords + (i >> 5)] >>> (i & 31)) & 1) === 0) return
      footprint.clear()
      const answer = holds()
      if (include(cells, footprint.reads)) this.grew = true
      tell(answer)
    })
  }
}
