import type { Footprint } from '../state/footprint.js'
import type { Finding } from './finding.js'

/**
 * What the explorer sees of a model: a vector of words, and the steps that lead on from it. It knows nothing of
 * schemas, recipes or mm, so that another front end can stand beside `program/`.
 */
export interface System {
  /** 32-bit words per state; even. */
  readonly words: number
  /** The working vector: the state that `expand` and `fire` act on. */
  readonly vector: Int32Array
  /** Thread names, by thread number. */
  readonly threads: readonly string[]
  readonly initialCount: number
  /** Puts initial state `index` into the working vector. */
  loadInitial(index: number): void
  /** No state has more successors than this. */
  readonly maxSuccessors: number
  /**
   * Runs every enabled step from the working vector and hands each successor to `sink`, in the order of threads; the
   * vector is as before afterwards. Returns the number of enabled steps, those that were cut or fatal included.
   */
  expand(sink: Successors): number
  /**
   * Runs one step in place; the vector stays as it was when the step is fatal, cut or stores a value out of range.
   * @throws Error when it is not enabled.
   */
  fire(ordinal: number): Outcome
  /** Whether thread `thread` has a step enabled in the working vector. */
  enabled(thread: number): boolean
  /** How often each step of each thread ran since the start, by step number. */
  readonly coverage: readonly (readonly number[])[]
  /** Whether every thread is at its end or may wait for ever: without enabled steps, anything else is a deadlock. */
  atRest(): boolean
}

/** The words of a vector that belong to one thread alone, from `from` up to `to`: where it is, and its locals. */
export interface PrivateWords {
  readonly from: number
  readonly to: number
}

/**
 * A system that knows the footprint of what it does: every `expandThread`, `fire` and `enabled` adds the cells of the
 * shared state that conditions and steps have looked at and changed; the caller clears it between them.
 */
export interface WatchedSystem extends System {
  readonly footprint: Footprint
  /** By thread. What lies before the first is shared. */
  readonly privates: readonly PrivateWords[]
  /** As `expand`, for one thread. */
  expandThread(thread: number, sink: Successors): number
  /** The ordinals of the steps that `thread` can take now, after a look at the conditions of all its choices. */
  offered(thread: number): number[]
  /** Whether thread 0 runs alone until it has ended. */
  readonly setup: boolean
}

/**
 * Receives successors. The system writes the vector to `words` at `slot * wordsPerState`, then calls `push`. It is in
 * the middle of an expansion then: a receiver may not run steps of it.
 */
export interface Successors {
  readonly words: Int32Array
  /** The memory of `words`, two words at a time, from a receiver that wants them faster. */
  readonly pairs?: BigInt64Array
  readonly slot: number
  push(ordinal: number): void
  /** Assertions that failed in the step; a fatal one has no successor. */
  found(ordinal: number, findings: readonly Finding[]): void
  /** The step was left out because a bound of the model was reached. */
  cut(ordinal: number, bound: string): void
  /** The step stored a value outside its field's range, and has no successor. */
  broke(ordinal: number, error: Error): void
}

/** What one fired step did. */
export interface Outcome {
  readonly findings: readonly Finding[]
  /** The bound that left it out, or the empty string. */
  readonly cut: string
  /** Set when it stored a value out of range. */
  readonly broke: Error | undefined
}

/** The number of a step among the successors of a state: its thread and, for a choice, which value. */
export const ORDINAL_VALUES = 256

export function ordinalOf(thread: number, choice: number): number {
  return thread * ORDINAL_VALUES + choice
}

export function threadOf(ordinal: number): number {
  return Math.floor(ordinal / ORDINAL_VALUES)
}

export function choiceOf(ordinal: number): number {
  return ordinal % ORDINAL_VALUES
}
