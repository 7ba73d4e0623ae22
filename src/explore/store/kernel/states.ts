// The states: keys, parents and ordinals by id.

import { chunkOf, home, Interner, intern, keep, start, within } from './interner'
import { PAGE, STATES } from './pages'

const BITS: u32 = 15
/** A chunk holds keys, then parents, then ordinals. */
const PARENTS_AT: usize = 8 << BITS
const ORDINALS_AT: usize = 12 << BITS

/** A pair of ids, or another key of 64 bits, on its way into an interner. */
@unmanaged
export class Pair {
  key: u64
  hash: u64
  /** Where to write the id. */
  target: usize
}

// @ts-ignore: decorator
@inline
export function states(): Interner {
  return changetype<Interner>(STATES)
}

export function startStates(): bool {
  return start(states(), BITS, (14 << BITS) / PAGE, false)
}

// @ts-ignore: decorator
@inline
export function keyPlace(id: u32): usize {
  return chunkOf(states().directory, id, BITS) + (within(id, BITS) << 3)
}

// @ts-ignore: decorator
@inline
function parentPlace(id: u32): usize {
  return chunkOf(states().directory, id, BITS) + (within(id, BITS) << 2) + PARENTS_AT
}

// @ts-ignore: decorator
@inline
function ordinalPlace(id: u32): usize {
  return chunkOf(states().directory, id, BITS) + (within(id, BITS) << 1) + ORDINALS_AT
}

export function parentOf(id: u32): u32 {
  return load<u32>(parentPlace(id))
}

export function ordinalOf(id: u32): u32 {
  return load<u16>(ordinalPlace(id))
}

// @ts-ignore: decorator
@inline
export function setLink(id: u32, parent: u32, ordinal: u16): void {
  store<u32>(parentPlace(id), parent)
  store<u16>(ordinalPlace(id), ordinal)
}

/** Interns pairs, and writes their ids, with FRESH if they are new. */
export function internStates(pairs: usize, end: usize): void {
  const mask = states().mask
  const index = states().index
  const directory = states().directory
  touch(index, mask, pairs, end)
  for (let at = pairs; at < end; at += offsetof<Pair>()) {
    const pair = changetype<Pair>(at)
    store<u32>(pair.target, intern(states(), index, mask, directory, BITS, false, pair.key, 0, pair.hash))
  }
}

/** Reads the bucket of every pair, so that their cache misses overlap. */
// @ts-ignore: decorator
@inline
export function touch(index: usize, mask: u32, pairs: usize, end: usize): void {
  let sink: u32 = 0
  for (let at = pairs; at < end; at += offsetof<Pair>()) sink ^= load<u32>(home(index, mask, changetype<Pair>(at).hash))
  keep(sink)
}
