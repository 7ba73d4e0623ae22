/** The parent of an initial state. */
export const NO_PARENT = 0xffffffff

/** What `found` holds for a slot that `insert` did not reach because the store was full. */
export const NO_STATE = 0xffffffff

/** Options shared by the store factories. */
export interface StoreOptions {
  /** Bytes the store may use. The stores in WebAssembly memory never use more than 4 GiB. */
  readonly memoryLimit?: number | undefined
  /** Slots of a batch; 4096 unless given. */
  readonly capacity?: number | undefined
}

/** 32-bit words of a vector, at most: a tree of 32 leaves with eight words each, and one number for none. */
export const MOST_WORDS = 248

/** Slots of a batch when the options do not say. */
export const DEFAULT_CAPACITY = 4096

/**
 * A set of visited states. A state is a vector of `words` 32-bit words; its id is its place in the order of insertion.
 *
 * The caller writes vectors, parents and ordinals into the slots of a batch and then inserts them together. Slots with
 * the same parent should follow one another: a store may then work on the difference from that parent alone.
 *
 * A store that reaches its memory limit does not throw. `insert` stops before the first slot that it may have no room
 * for, sets `full`, and leaves NO_STATE in `found` from that slot on. A full store stays full: later calls of `insert`
 * add nothing, and everything inserted so far can still be read.
 */
export interface StateStore {
  /** 32-bit words per vector. */
  readonly words: number
  /** Slots of a batch. */
  readonly capacity: number
  /** Slots of the batch, `capacity * words` int32; re-read this property after every `insert` (memory may have grown). */
  readonly batch: Int32Array
  /** Per slot: the state it was reached from, NO_PARENT for initial states. Re-read after every `insert`. */
  readonly parents: Uint32Array
  /** Per slot: the ordinal of the step that made it. Re-read after every `insert`. */
  readonly ordinals: Uint16Array
  /**
   * Inserts slots 0..n-1 in order. Returns the number of new states; their ids are consecutive from the count before.
   * `found[i]` afterwards holds the state id of slot i.
   */
  insert(n: number): number
  /** Per slot of the last `insert`: the id of its state. Re-read after every `insert`. */
  readonly found: Uint32Array
  /** Number of states; their ids are 0..count-1. */
  readonly count: number
  /** Decodes state `id` into `target` (length `words`). */
  load(id: number, target: Int32Array): void
  /** The state from which `id` was first reached, or NO_PARENT. */
  parentOf(id: number): number
  /** The ordinal of the step by which `id` was first reached. */
  ordinalOf(id: number): number
  /** Bytes in use now, all tables together. */
  readonly bytes: number
  /** Whether `insert` had to stop because the memory limit would be passed. */
  readonly full: boolean
  /** Whether different states are always told apart. */
  readonly exact: boolean
}

/** Throws a RangeError unless `words` and `options` describe a store that can exist. */
export function checkShape(words: number, options: StoreOptions): void {
  if (!Number.isInteger(words) || words < 2 || words > MOST_WORDS || words % 2 !== 0) {
    throw new RangeError(`a state vector has an even number of words from 2 to ${MOST_WORDS}, not ${words}`)
  }
  const { capacity = DEFAULT_CAPACITY, memoryLimit = 1 } = options
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > 65536) {
    throw new RangeError(`a batch has 1 to 65536 slots, not ${capacity}`)
  }
  if (!(memoryLimit > 0)) throw new RangeError(`the memory limit must be positive, not ${memoryLimit}`)
}
