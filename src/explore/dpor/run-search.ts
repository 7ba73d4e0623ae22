import { many } from '../../numbers.js'
import { include, isEmpty, meet } from '../../state/footprint.js'
import { threadOf, type WatchedSystem } from '../../system/system.js'
import { outOfRange } from '../batch.js'
import type { Run } from '../result.js'
import { Access, conflict } from './access.js'
import { Frame, NOTHING, type Offer, TAKEN, UNWANTED, WANTED } from './frame.js'
import type { Ledger } from './ledger.js'
import type { Observers } from './observers.js'
import type { PreemptionBound } from './preemptions.js'
import { Races, wakesSomebody } from './races.js'

/** How far runs are followed: the words for it stand in reports. */
const CYCLE = 'runs up to a state that they were in before'

/**
 * One pass of a search of runs: depth first, over the steps that races ask for (`Races`), without those that sleep.
 *
 * A step whose runs were all explored from a state sleeps in the states behind it until a step comes that it conflicts
 * with: until then all its runs would be like one before. So no two complete runs are alike.
 *
 * A step that ends the run (fatal, cut or out of range) has no effect; its thread takes no step any more, and the others
 * go on as if it had not come to it.
 */
export class RunSearch {
  readonly #frames: Frame[] = []
  readonly #races: Races
  #depth = 0
  #initial = 0

  constructor(
    readonly system: WatchedSystem,
    readonly observers: Observers,
    readonly ledger: Ledger,
    /** Steps of one run. */
    readonly steps: number,
    readonly bound: PreemptionBound | undefined,
  ) {
    this.#races = new Races(this.#frames, system.threads.length, system.setup)
    ledger.present = () => this.#run()
  }

  /** Explores all runs; gives up when an observer reads more than was known, or the ledger says so. */
  run(): void {
    const { system, observers } = this
    for (this.#initial = 0; this.#initial < system.initialCount && !this.#over; this.#initial++) {
      system.loadInitial(this.#initial)
      const first = this.#frame(0)
      first.vector.set(system.vector)
      first.spoke = first.broken = false
      first.back = true
      first.preemptions = 0
      first.asleep = 0
      this.#depth = 0
      observers.look()
      for (let t = 0; t < system.threads.length; t++) first.offers[t] = this.#offer(t)
      this.#begin(first)
      this.#explore()
    }
  }

  get #over(): boolean {
    return this.ledger.stopped !== undefined || this.observers.grew
  }

  #explore(): void {
    while (this.#depth >= 0 && !this.#over) {
      const frame = this.#frames[this.#depth]
      const ordinal = this.#nextOf(frame)
      if (ordinal === undefined) {
        this.#depth--
        if (this.#depth >= 0 && !this.bound) {
          const before = this.#frames[this.#depth]
          before.addSleeper(before.ordinal, before.access)
        }
      } else if (this.ledger.tick(this.#depth)) return
      else this.#take(frame, ordinal)
    }
  }

  /** The next step to take from a frame. */
  #nextOf(frame: Frame): number | undefined {
    for (;;) {
      while (frame.next < frame.queue.length) {
        const ordinal = frame.queue[frame.next++]
        if (!frame.sleeps(ordinal)) return ordinal
      }
      const thread = frame.wanted.lastIndexOf(WANTED)
      if (thread < 0) return undefined
      frame.wanted[thread] = TAKEN
      frame.queue = frame.offers[thread].ordinals
      frame.next = 0
    }
  }

  #take(frame: Frame, ordinal: number): void {
    const { system, observers, ledger } = this
    const { footprint } = system
    const { access } = frame
    const thread = threadOf(ordinal)
    system.vector.set(frame.vector)
    footprint.clear()
    const { findings, cut, broke } = system.fire(ordinal)
    frame.ordinal = ordinal
    frame.thread = thread
    frame.ended = cut !== '' || broke !== undefined || findings.some(finding => finding.fatal)
    access.reads.fill(0)
    access.writes.fill(0)
    access.reads.set(footprint.reads)
    const { guard } = frame.offers[thread]
    if (guard) include(access.reads, guard.reads)
    if (frame.ended) include(access.reads, footprint.writes)
    else {
      access.writes.set(footprint.writes)
      observers.mark(access.writes)
    }
    if (this.bound) this.bound.taken(this.#frames, this.#depth)
    else {
      frame.wakes = wakesSomebody(frame)
      this.#races.step(this.#depth)
    }
    if (cut !== '') ledger.cut(cut)
    if (findings.length > 0) ledger.heard(ordinal, findings)
    if (broke) {
      if (findings.length === 0 && !this.#violated(frame)) throw outOfRange(system, ordinal, broke)
      ledger.loses()
    }
    this.#enter(frame, findings.length > 0)
  }

  /** Goes on to the state behind the step that was taken from `before`, which is in the working vector. */
  #enter(before: Frame, spoke: boolean): void {
    const { system, observers } = this
    const depth = ++this.#depth
    const frame = this.#frame(depth)
    const { thread, access } = before
    frame.vector.set(system.vector)
    frame.broken = before.broken || before.ended
    frame.asleep = 0
    for (let i = 0; i < before.asleep; i++) {
      const { ordinal, access: other } = before.sleepers[i]
      if (threadOf(ordinal) !== thread && !conflict(other, access)) frame.addSleeper(ordinal, other)
    }
    observers.look(access.writes)
    if (this.bound) frame.preemptions = this.bound.countAt(this.#frames, depth)
    frame.spoke = before.spoke || spoke
    this.#update(before, frame)
    frame.back = !before.ended && !this.#forward(before, frame)
    if (frame.back && this.#cameBack(frame)) this.#leave(frame, CYCLE)
    else if (depth >= this.steps) this.#leave(frame, `runs of ${many(this.steps, 'step')}`)
    else this.#begin(frame)
  }

  /** What each thread can do now. A thread that has come to wait, or waits after another look, has read something. */
  #update(before: Frame, frame: Frame): void {
    const { system } = this
    const { thread, access } = before
    const alone = system.setup && thread === 0
    for (let t = 0; t < before.offers.length; t++) {
      const old = before.offers[t]
      const stale = alone || t === thread || (old.guard !== undefined && meet(old.guard.reads, access.writes))
      frame.offers[t] = !stale ? old : before.ended && t === thread ? NOTHING : this.#offer(t)
    }
    for (let t = 0; t < before.offers.length; t++) {
      const { ordinals, guard } = frame.offers[t]
      if (!this.bound && guard && ordinals.length === 0 && frame.offers[t] !== before.offers[t]) {
        this.#races.wait(this.#depth, t, guard)
      }
    }
  }

  #offer(thread: number): Offer {
    const { system } = this
    const { footprint } = system
    footprint.clear()
    const ordinals = system.offered(thread)
    const guarded = !isEmpty(footprint.reads)
    if (!guarded && ordinals.length === 0) return NOTHING
    const guard = guarded ? new Access(this.observers.width) : undefined
    guard?.reads.set(footprint.reads)
    return { ordinals, guard }
  }

  /** Looks what is to be explored from a new state: somebody, or nothing when the run ends here. */
  #begin(frame: Frame): void {
    const { ledger, system } = this
    frame.inherited = frame.asleep
    frame.wanted.fill(UNWANTED)
    frame.queue = []
    frame.next = 0
    if (this.bound?.begin(this.#frames, this.#depth)) return
    let enabled = false
    // The last thread first: scenarios name those first that look at what the others do.
    for (let t = frame.offers.length - 1; t >= 0; t--) {
      const { ordinals } = frame.offers[t]
      if (ordinals.length === 0) continue
      enabled = true
      if (ordinals.every(ordinal => frame.sleeps(ordinal))) continue
      frame.wanted[t] = WANTED
      return
    }
    if (enabled) {
      ledger.repeats()
      return
    }
    system.vector.set(frame.vector)
    ledger.completes(frame.broken)
  }

  #leave(frame: Frame, why: string): void {
    this.ledger.giveUp(why)
    frame.inherited = frame.asleep
    frame.wanted.fill(UNWANTED)
    frame.queue = []
    frame.next = 0
  }

  /** Whether a step took its thread forward; on a cycle, some step does not. */
  #forward({ vector, thread }: Frame, frame: Frame): boolean {
    const { from, to } = this.system.privates[thread]
    for (let i = from; i < to; i++) {
      if (frame.vector[i] !== vector[i]) return frame.vector[i] > vector[i]
    }
    return false
  }

  #cameBack({ vector }: Frame): boolean {
    for (let i = this.#depth - 1; i >= 0; i--) {
      const frame = this.#frames[i]
      if (frame.back && same(frame.vector, vector)) return true
    }
    return false
  }

  #frame(depth: number): Frame {
    const { system, observers } = this
    const known = this.#frames[depth]
    if (known) return known
    const made = new Frame(system.words, system.threads.length, observers.width)
    this.#frames.push(made)
    return made
  }

  /** Whether the run to a frame has violated something. */
  #violated(frame: Frame): boolean {
    if (frame.spoke) return true
    const { system, ledger } = this
    const violated = this.#frames.slice(0, this.#depth + 1).some(({ vector }) => {
      system.vector.set(vector)
      return ledger.checks.some(check => check.when === 'always' && !check.holds())
    })
    system.vector.set(frame.vector)
    return violated
  }

  /** The steps to the present state, without those that had no effect. */
  #run(): Run {
    const taken = this.#frames.slice(0, this.#depth).filter(frame => !frame.ended)
    return { initial: this.#initial, ordinals: taken.map(frame => frame.ordinal) }
  }
}

function same(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
