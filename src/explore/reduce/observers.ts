import { cellsIn, imageOf, include } from '../../state/footprint.js'
import type { Symmetry } from '../../system/symmetry.js'
import type { WatchedSystem } from '../../system/system.js'
import type { Check } from '../checks.js'

/** One claim about the state, as small as it can be judged by itself. */
interface Observer {
  readonly check: Check
  /** What is false where the check fails; a premise never is. */
  readonly fine: () => boolean
  /** The cells that it has ever read. */
  readonly reads: Int32Array
}

/**
 * What the claims about states read, learnt while they are evaluated. A state need not be judged by claims that read
 * nothing of what the step that led to it has changed.
 */
export class Observers {
  readonly #observers: readonly Observer[]
  /** By byte of the shared state: the observers that read the cell there, by number. */
  readonly #by: number[][]
  /** By cell: the cells that some observer reads together with it. */
  readonly #together: (Int32Array | undefined)[]
  readonly #before: Int32Array
  readonly #marked: Uint8Array
  readonly #due: number[] = []
  /** How often what some observer reads has grown. */
  version = 0

  constructor(
    readonly system: WatchedSystem,
    checks: readonly Check[],
    readonly symmetry: Symmetry | undefined,
  ) {
    const words = system.footprint.reads.length
    this.#observers = checks
      .filter(({ when }) => when === 'always' || when === 'reachable')
      .flatMap(check => partsOf(check).map(fine => ({ check, fine, reads: new Int32Array(words) })))
    const bytes = 32 * words
    this.#by = Array.from({ length: bytes }, () => [])
    this.#together = Array.from({ length: bytes }, () => undefined)
    this.#before = new Int32Array(system.words)
    this.#marked = new Uint8Array(this.#observers.length)
  }

  /**
   * Judges the working vector, by the claims that read what is different from `before`, or by all. Returns the checks of
   * which some part does not hold. The working vector is not changed.
   */
  judge(before: ((vector: Int32Array) => void) | undefined): readonly Check[] {
    const { system } = this
    const due = this.#due
    due.length = 0
    if (before) {
      before(this.#before)
      this.#findDue()
    } else for (let i = 0; i < this.#observers.length; i++) due.push(i)
    const failed: Check[] = []
    for (let i = 0; i < due.length; i++) {
      const observer = this.#observers[due[i]]
      this.#marked[due[i]] = 0
      system.footprint.clear()
      if (!observer.fine() && !failed.includes(observer.check)) failed.push(observer.check)
      if (include(observer.reads, system.footprint.reads)) this.#learn(due[i], observer)
    }
    return failed
  }

  /** Adds to `into` the cells that some observer reads together with one of `cells`. */
  addWatchedWith(cells: Int32Array, into: Int32Array): void {
    for (let i = 0; i < cells.length; i++) {
      for (let bits = cells[i]; bits !== 0; bits &= bits - 1) {
        const together = this.#together[i * 32 + 31 - Math.clz32(bits & -bits)]
        if (together) include(into, together)
      }
    }
  }

  #findDue(): void {
    const now = this.system.vector
    const before = this.#before
    const last = this.system.privates[0].from
    for (let word = 0; word < last; word++) {
      const differ = now[word] ^ before[word]
      if (differ === 0) continue
      for (let byte = 0; byte < 4; byte++) {
        if (((differ >>> (8 * byte)) & 0xff) === 0) continue
        // A cell is known by its first byte; one of several bytes begins up to three before this one.
        for (let at = 4 * word; at <= 4 * word + byte; at++) {
          for (const i of this.#by[at] ?? []) {
            if (this.#marked[i]) continue
            this.#marked[i] = 1
            this.#due.push(i)
          }
        }
      }
    }
  }

  #learn(number: number, { reads }: Observer): void {
    this.version++
    for (const cell of cellsIn(reads)) {
      if (!this.#by[cell].includes(number)) this.#by[cell].push(number)
    }
    if (!this.symmetry) this.#join(reads)
    // What holds of a state holds of its images.
    else for (const { cells } of this.symmetry.exchanges) this.#join(imageOf(reads, cells))
  }

  #join(reads: Int32Array): void {
    for (const cell of cellsIn(reads)) {
      const together = this.#together[cell] ?? new Int32Array(reads.length)
      this.#together[cell] = together
      include(together, reads)
    }
  }
}

function partsOf(check: Check): (() => boolean)[] {
  if (check.when === 'reachable') return [() => !check.holds()]
  return [...(check.parts ?? [check.holds]), () => check.premise() || true]
}
