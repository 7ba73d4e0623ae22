import { many } from '../../numbers.js'
import { isEmpty } from '../../state/footprint.js'
import { type Frame, UNWANTED, WANTED } from './frame.js'

/**
 * Follows the runs with at most so many preemptions: changes away from a thread that could have gone on.
 *
 * Every order within the bound is followed, but for changes just before a step that touches nothing shared: after it
 * they are no worse. There are no sleep sets and no races here. Both rest on runs being as good as others that differ
 * in the order of independent steps, and those may have more preemptions.
 */
export class PreemptionBound {
  readonly #words: string

  constructor(
    readonly most: number,
    readonly refused: (why: string) => void,
  ) {
    this.#words = `runs of at most ${many(most, 'preemption')}`
  }

  /** Preemptions on the way to frame `depth`, which one step leads to from the frame before it. */
  countAt(frames: readonly Frame[], depth: number): number {
    const before = frames[depth - 1]
    const last = able(frames, depth - 1)
    return before.preemptions + (last === undefined || last === before.thread ? 0 : 1)
  }

  /** At a new frame: the thread that ran last goes on if it can, else anybody does. False when nobody can. */
  begin(frames: readonly Frame[], depth: number): boolean {
    const last = able(frames, depth)
    const { wanted, offers } = frames[depth]
    if (last !== undefined) wanted[last] = WANTED
    else {
      for (let t = 0; t < offers.length; t++) if (offers[t].ordinals.length > 0) wanted[t] = WANTED
    }
    return wanted.includes(WANTED)
  }

  /** After a step: unless it touched nothing shared, others might have run in its place. */
  taken(frames: readonly Frame[], depth: number): void {
    const frame = frames[depth]
    const last = able(frames, depth)
    if (last === undefined || last !== frame.thread) return
    const { access, offers, wanted, ended } = frame
    const touches = !isEmpty(access.reads) || !isEmpty(access.writes)
    if (!touches && !ended && offers[last].ordinals.length === 1) return
    for (let t = 0; t < offers.length; t++) {
      if (t === last || offers[t].ordinals.length === 0 || wanted[t] !== UNWANTED) continue
      wanted[t] = frame.preemptions < this.most ? WANTED : REFUSED
      if (wanted[t] === REFUSED) this.refused(this.#words)
    }
  }
}

/** Counted as left out. */
const REFUSED = 3

/** The thread that took the last step on the way to a frame, if it can go on there. */
function able(frames: readonly Frame[], depth: number): number | undefined {
  const last = depth > 0 ? frames[depth - 1].thread : undefined
  return last !== undefined && frames[depth].offers[last].ordinals.length > 0 ? last : undefined
}
