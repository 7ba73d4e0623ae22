import { meet } from '../../state/footprint.js'
import { threadOf } from '../../system/system.js'
import { type Access, conflict } from './access.js'
import { type Frame, UNWANTED, WANTED } from './frame.js'

/**
 * Orders the steps of the current run by what happens before what, and asks for the runs in which a race goes the other
 * way.
 *
 * Two steps race when they conflict and nothing orders them but that. Let e be taken from state E and e' later race with
 * it. Then some run goes from E to e' without e. It can begin with each of the *initials*: of the steps since, and e',
 * those that do not happen after e and have none of the others before them. One of them must be explored from E, so that
 * what is explored there is a source set in the end (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017).
 *
 * That is not enough where what a step touches depends on what it reads, as it does here: a step that after e does less
 * than without it, or waits, hides races of its own. So who slept or waited in E, or was explored from there before, and
 * conflicts with e, counts as if it had been there: later steps race with what it would have done (`#rouse`). Without
 * that, the random models of test/differential/races.test.ts show runs that are missed.
 *
 * Why all is explored then. Let w go on from E, begin with no sleeper and with nothing that is explored from E. Let p be
 * the last thread that was explored from E of those that conflict with w, u what of w comes before x, the first step that
 * conflicts with p. After p, u is explored, and then the thread q of x, whatever it does or waits for now, so that a race
 * is found and some initial r is explored from E. If r is in u, w begins with it. If r is neither in u nor q, it is
 * independent of p; it does not sleep after p, so it was explored after p. If r is q: when it was explored after p, good;
 * when it waits, sleeps or was explored before, x is not the first of w, so something t in u conflicts with what q would
 * do in E, and the race with that leads to another r, in u or explored after p. Each case contradicts the choice of p.
 *
 * A thread that waits has looked at its condition: a read, which races with the steps that made it false.
 */
export class Races {
  readonly #clock: Int32Array
  readonly #found: number[] = []
  readonly #initials: number[] = []

  constructor(
    readonly frames: readonly Frame[],
    threads: number,
    /** Whether thread 0 runs before all others. */
    readonly setup: boolean,
  ) {
    this.#clock = new Int32Array(threads)
  }

  /** Orders the step that was just taken from frame `depth`, and asks for its races. */
  step(depth: number): void {
    const { thread, access, clock } = this.frames[depth]
    this.#look(depth, thread, access)
    clock.set(this.#clock)
    clock[thread]++
  }

  /** A thread looks at its condition in frame `depth`, and waits. */
  wait(depth: number, thread: number, guard: Access): void {
    this.#look(depth, thread, guard)
  }

  #look(depth: number, thread: number, access: Access): void {
    const { frames } = this
    const found = this.#found
    const clock = this.#clock.fill(0)
    found.length = 0
    let wakes = false
    for (let i = depth - 1; i >= 0; i--) {
      const frame = frames[i]
      wakes ||= frame.wakes
      if (clock[frame.thread] >= frame.index) continue
      if (frame.thread === thread || (this.setup && frame.thread === 0)) join(clock, frame.clock)
      else if (conflict(frame.access, access)) {
        join(clock, frame.clock)
        found.push(i)
      }
    }
    for (const i of found) this.#reverse(i, depth, thread)
    if (wakes) this.#rouse(depth, thread, access)
  }

  /** Races with what sleepers and waiters of earlier states would have done, had they not been disturbed. */
  #rouse(depth: number, thread: number, access: Access): void {
    for (let i = depth - 1; i >= 0; i--) {
      const frame = this.frames[i]
      if (!frame.wakes || this.#clock[frame.thread] >= frame.index) continue
      if (aroused(frame, thread, access)) this.#reverse(i, depth, thread)
    }
  }

  /** Asks for a run from frame `i` that comes to the next step of `thread` without the step taken from there. */
  #reverse(i: number, depth: number, thread: number): void {
    const { frames } = this
    const frame = frames[i]
    const initials = this.#initialsOf(i, depth)
    let own = true
    for (const j of initials) {
      const { thread: first, ordinal, index } = frames[j]
      if (frame.wanted[first] !== UNWANTED || frame.sleeps(ordinal)) return
      if (this.#clock[first] >= index) own = false
    }
    if (!own) this.#want(i, frames[initials.find(j => this.#clock[frames[j].thread] >= frames[j].index) ?? 0].thread)
    else if (frame.wanted[thread] === UNWANTED) {
      const { ordinals } = frame.offers[thread]
      if (ordinals.some(ordinal => !frame.sleeps(ordinal))) this.#want(i, thread)
    }
  }

  #want(i: number, thread: number): void {
    this.frames[i].wanted[thread] = WANTED
  }

  /** Where the steps were taken that do not happen after that of frame `i`, and can be first without it. */
  #initialsOf(i: number, depth: number): number[] {
    const { frames } = this
    const initials = this.#initials
    initials.length = 0
    for (let j = i + 1; j < depth; j++) {
      const frame = frames[j]
      if (frame.follows(frames[i])) continue
      if (!initials.some(k => frame.follows(frames[k]))) initials.push(j)
    }
    return initials
  }
}

/** Whether the step taken from a frame changes what somebody else who sleeps or waits there would do. */
export function wakesSomebody(frame: Frame): boolean {
  const { thread, access } = frame
  for (let i = 0; i < frame.asleep; i++) {
    const sleeper = frame.sleepers[i]
    if (threadOf(sleeper.ordinal) !== thread && conflict(sleeper.access, access)) return true
  }
  return frame.offers.some(
    ({ ordinals, guard }, t) => t !== thread && guard && ordinals.length === 0 && meet(guard.reads, access.writes),
  )
}

function aroused(frame: Frame, thread: number, access: Access): boolean {
  for (let i = 0; i < frame.asleep; i++) {
    const sleeper = frame.sleepers[i]
    const other = threadOf(sleeper.ordinal)
    if (other === thread || other === frame.thread) continue
    if (conflict(sleeper.access, frame.access) && conflict(sleeper.access, access)) return true
  }
  return frame.offers.some(
    ({ ordinals, guard }, t) =>
      t !== thread &&
      t !== frame.thread &&
      guard &&
      ordinals.length === 0 &&
      meet(guard.reads, frame.access.writes) &&
      meet(guard.reads, access.writes),
  )
}

function join(into: Int32Array, from: Int32Array): void {
  for (let t = 0; t < into.length; t++) if (from[t] > into[t]) into[t] = from[t]
}
