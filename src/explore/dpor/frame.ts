import { Access } from './access.js'

/** What a thread can do in a state. */
export interface Offer {
  /** The steps that are enabled; none when it waits or is at its end. */
  readonly ordinals: readonly number[]
  /** What the conditions of all its choices read. Undefined when there is no condition. */
  readonly guard: Access | undefined
}

/** A thread that takes no step any more. */
export const NOTHING: Offer = { ordinals: [], guard: undefined }

/** A step that need not be taken from here: what follows it was explored before. */
export interface Asleep {
  ordinal: number
  readonly access: Access
}

/** Whether a thread is to be explored from a state. */
export const UNWANTED = 0
export const WANTED = 1
export const TAKEN = 2

/** A state of the current run, and the step that is taken from it. Reused for every run that comes to this depth. */
export class Frame {
  readonly vector: Int32Array
  readonly offers: Offer[] = []
  /** By thread: UNWANTED, WANTED or TAKEN. */
  readonly wanted: Uint8Array
  /** The first `asleep` are in use; of those the first `inherited` came with the run. */
  readonly sleepers: Asleep[] = []
  asleep = 0
  inherited = 0
  /** What is left to take of the thread that is explored now. */
  queue: readonly number[] = []
  next = 0

  /** The step that was taken from here. */
  ordinal = 0
  thread = 0
  readonly access: Access
  /** Of each thread, how many steps happen before the taken one or are it. */
  readonly clock: Int32Array
  /** Whether the step ended its thread without an effect: fatal, cut or out of range. */
  ended = false
  /** Whether somebody who slept or waited here was woken by the step. */
  wakes = false

  /** Whether an assertion has failed on the way here. */
  spoke = false
  /** Whether some thread has ended without an effect on the way. */
  broken = false
  /** Whether the step that led here may have closed a cycle. */
  back = false
  /** Preemptions on the way here. */
  preemptions = 0

  constructor(
    words: number,
    threads: number,
    readonly width: number,
  ) {
    this.vector = new Int32Array(words)
    this.wanted = new Uint8Array(threads)
    this.access = new Access(width)
    this.clock = new Int32Array(threads)
  }

  /** Which step of its thread was taken, from 1 on. */
  get index(): number {
    return this.clock[this.thread]
  }

  /** Whether the step taken from `earlier` happens before the one taken from here. */
  follows(earlier: Frame): boolean {
    return this.clock[earlier.thread] >= earlier.index
  }

  sleeps(ordinal: number): boolean {
    const { sleepers, asleep } = this
    for (let i = 0; i < asleep; i++) if (sleepers[i].ordinal === ordinal) return true
    return false
  }

  addSleeper(ordinal: number, access: Access): void {
    const at = this.asleep++
    const sleeper = this.sleepers[at] ?? { ordinal: 0, access: new Access(this.width) }
    this.sleepers[at] = sleeper
    sleeper.ordinal = ordinal
    sleeper.access.set(access)
  }
}
