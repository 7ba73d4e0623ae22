import { imageOf, include, isEmpty, meet } from '../../state/footprint.js'
import type { Symmetry } from '../../system/symmetry.js'
import type { WatchedSystem } from '../../system/system.js'
import type { Batch } from '../batch.js'
import type { Check } from '../checks.js'
import type { Alone } from '../options.js'
import { Futures, type Place } from './futures.js'
import { Observers } from './observers.js'

/** No thread: the state is expanded whole. */
const WHOLE = 255

/** What one thread does in the state that is expanded. */
class Turn {
  readonly reads: Int32Array
  readonly writes: Int32Array
  /** What it writes, with what some claim reads together with that. */
  readonly seen: Int32Array
  place: Place | undefined
  from = 0
  to = 0
  enabled = 0
  /** Whether one of its steps said something, was cut or broke a range: such a step may be the last of its run. */
  ends = false
  active = false

  constructor(words: number) {
    this.reads = new Int32Array(words)
    this.writes = new Int32Array(words)
    this.seen = new Int32Array(words)
  }
}

/**
 * Partial-order reduction for breadth-first search: where the step of one thread cannot interfere with anything that the
 * others may do before it, it alone is taken (an ample set of one thread).
 *
 * Two steps interfere when one writes a cell that the other reads or writes, the cells of conditions included, and when
 * both write cells that one claim about states reads. What others may do is learnt from what they were seen to do
 * (`Futures`), and so is what claims read (`Observers`). A decision that later knowledge does not bear out is taken back
 * at the end, when `revise` names the state; a search is over when nothing is left to revise.
 *
 * Why that is sound. Take a run that is not explored, and the first state of it whose explored part leaves it; there the
 * step t of the ample set was taken first. If none of the steps of the run up to t's own interferes with t, they can be
 * exchanged with t, and the run continues behind t: it reads, writes, says and shows each claim the same. Otherwise look
 * at the first step u that interferes. The steps before u run the same behind t, so u is reached behind t, too, and up to
 * the first cell in which t and u meet does the same there: the meeting was seen there, belongs to what was learnt, and
 * the decision would have been revised. A thread that waits, and for whose condition no active thread may write a cell,
 * does nothing before t. The chain of such exchanges ends, as each ample set has a successor with a greater number than
 * its state; where none had, the state was expanded whole.
 */
export class AmpleSets {
  readonly #futures: Futures
  readonly #observers: Observers
  readonly #turns: readonly Turn[]
  readonly #active: Int32Array
  readonly #shown: Int32Array
  #chosen = new Uint8Array(1024).fill(WHOLE)
  /** States of which the one thread's steps all led back. */
  readonly #stuck: number[] = []
  #checked = -1

  constructor(
    readonly system: WatchedSystem,
    checks: readonly Check[],
    readonly alone: Alone,
    /** In a search by orbits: what is learnt of a state is learnt of all its images. */
    readonly symmetry: Symmetry | undefined,
  ) {
    const words = system.footprint.reads.length
    this.#futures = new Futures(system.privates, words)
    this.#observers = new Observers(system, checks, symmetry)
    this.#turns = system.threads.map(() => new Turn(words))
    this.#active = new Int32Array(words)
    this.#shown = new Int32Array(words)
  }

  /** States of which one thread alone was followed, and steps that were not. */
  #reduced = 0
  #skipped = 0

  get numbers(): { readonly alone: Alone; readonly states: number; readonly skipped: number } {
    return { alone: this.alone, states: this.#reduced, skipped: this.#skipped }
  }

  /** As `Observers.judge`. */
  judge(before: ((vector: Int32Array) => void) | undefined): readonly Check[] {
    return this.#observers.judge(before)
  }

  /** Expands the state in the working vector, or as much of it as is needed. Returns the number of enabled steps. */
  expand(id: number, batch: Batch): number {
    const first = batch.slot
    let enabled = 0
    this.#turns.forEach((turn, t) => {
      enabled += this.#take(t, turn, batch)
    })
    const thread = this.#independent()
    this.#choose(id, thread)
    if (thread !== WHOLE) {
      this.#skipped += enabled - this.#turns[thread].enabled
      keepOnly(batch, first, this.#turns[thread])
    }
    return enabled
  }

  /** Expands the state whole. */
  expandWhole(id: number, batch: Batch): void {
    this.#choose(id, WHOLE)
    this.#turns.forEach((turn, t) => {
      this.#take(t, turn, batch)
    })
  }

  /** Looks, after an insert, where the one thread that was followed led to nothing that is still to come. */
  settle(found: Uint32Array, parents: Uint32Array, count: number): void {
    for (let i = 0; i < count; ) {
      const parent = parents[i]
      let ahead = false
      for (; i < count && parents[i] === parent; i++) ahead ||= found[i] > parent
      if (!ahead && this.#thread(parent) !== WHOLE) this.#stuck.push(parent)
    }
  }

  /** A state that has to be expanded whole because all that was followed led back. */
  nextStuck(): number | undefined {
    return this.#stuck.pop()
  }

  /**
   * The states below `end` whose reduction what was learnt since does not bear out. Loads them with `load`. Nothing was
   * overlooked when there are none.
   */
  *revise(end: number, load: (id: number) => void, scratch: Batch): Generator<number> {
    const version = this.#futures.version + this.#observers.version
    if (version === this.#checked) return
    this.#checked = version
    for (let id = 0; id < end; id++) {
      const thread = this.#thread(id)
      if (thread === WHOLE) continue
      load(id)
      scratch.slot = 0
      this.#turns.forEach((turn, t) => {
        this.#take(t, turn, scratch)
      })
      if (!this.#mayPrecede(this.#turns[thread])) yield id
    }
  }

  #take(t: number, turn: Turn, batch: Batch): number {
    const { system } = this
    const place = this.#futures.placeOf(t, system.vector, 0)
    const incidents = batch.incidents
    system.footprint.clear()
    turn.place = place
    turn.from = batch.slot
    turn.enabled = system.expandThread(t, batch)
    turn.to = batch.slot
    turn.ends = batch.incidents !== incidents
    turn.reads.set(system.footprint.reads)
    turn.writes.set(system.footprint.writes)
    let news = this.#futures.learn(place, turn.reads, turn.writes)
    for (let slot = turn.from; slot < turn.to; slot++) {
      news = this.#futures.leads(place, this.#futures.placeOf(t, batch.words, slot * system.words)) || news
    }
    if (news && this.symmetry) this.#spread(this.symmetry, t, turn, batch)
    return turn.enabled
  }

  /** Learns of the images what was learnt of a thread in this state. */
  #spread(symmetry: Symmetry, t: number, turn: Turn, batch: Batch): void {
    const { words } = this.system
    const successors = Array.from({ length: turn.to - turn.from }, (_, i) =>
      batch.words.slice((turn.from + i) * words, (turn.from + i + 1) * words),
    )
    symmetry.exchanges.forEach(({ order, cells }, e) => {
      const place = this.#futures.placeOf(order[t], symmetry.image(e, this.system.vector), 0)
      this.#futures.learn(place, imageOf(turn.reads, cells), imageOf(turn.writes, cells))
      for (const successor of successors) {
        this.#futures.leads(place, this.#futures.placeOf(order[t], symmetry.image(e, successor), 0))
      }
    })
  }

  /** A thread that can go first, with as few choices as may be; WHOLE when there is none, or one alone is enabled. */
  #independent(): number {
    let best = WHOLE
    let others = 0
    for (const turn of this.#turns) if (turn.enabled > 0) others++
    if (others < 2) return WHOLE
    for (let t = 0; t < this.#turns.length; t++) {
      const turn = this.#turns[t]
      if (turn.enabled === 0 || turn.ends) continue
      if (best !== WHOLE && turn.enabled >= this.#turns[best].enabled) continue
      if (this.#mayPrecede(turn)) best = t
    }
    return best
  }

  /** Whether nothing that other threads may do before it interferes with a thread's step. */
  #mayPrecede(own: Turn): boolean {
    if (own.enabled === 0 || own.ends) return false
    if (this.alone === 'local') return isEmpty(own.reads) && isEmpty(own.writes)
    const turns = this.#turns
    const written = this.#active
    written.fill(0)
    for (const turn of turns) {
      turn.active = turn !== own && turn.enabled > 0
      if (turn.active && turn.place) include(written, turn.place.laterWrites)
    }
    // Who waits is of no account until somebody may write what he waits for.
    for (let more = true; more; ) {
      more = false
      for (const turn of turns) {
        if (turn === own || turn.active || !turn.place || !meet(turn.reads, written)) continue
        turn.active = true
        more = include(written, turn.place.laterWrites) || more
      }
    }
    const shown = this.#shown
    shown.fill(0)
    this.#observers.addWatchedWith(own.writes, shown)
    include(shown, own.writes)
    if (meet(own.reads, written) || meet(shown, written)) return false
    return turns.every(turn => !turn.active || !turn.place || !meet(own.writes, turn.place.laterReads))
  }

  #thread(id: number): number {
    return id < this.#chosen.length ? this.#chosen[id] : WHOLE
  }

  #choose(id: number, thread: number): void {
    if (id >= this.#chosen.length) {
      const larger = new Uint8Array(2 * id).fill(WHOLE)
      larger.set(this.#chosen)
      this.#chosen = larger
    }
    if (this.#chosen[id] !== WHOLE) this.#reduced--
    if (thread !== WHOLE) this.#reduced++
    this.#chosen[id] = thread
  }
}

/** Takes from the batch all that was written from slot `first` on, but for the successors of one thread. */
function keepOnly(batch: Batch, first: number, { from, to }: Turn): void {
  const { words } = batch.store
  batch.words.copyWithin(first * words, from * words, to * words)
  batch.ordinals.copyWithin(first, from, to)
  batch.transitions -= batch.slot - first - (to - from)
  batch.slot = first + to - from
}
