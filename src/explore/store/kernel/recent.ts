// A cache of vectors seen lately. Breadth-first search reaches a state from several parents within a short time: nearly
// all states met again are found here. Each thread has its own.

import { mix } from './interner'
import { align, bytes, copyVector } from './shape'

/** Bytes of the cache: what a second-level processor cache may hold. */
const SIZE: u32 = 1 << 19

/** An entry, at a place given by the hash of its vector. In exact stores the vector follows. */
@unmanaged
class Recent {
  hash: u64
  /** The id and one, 0 for an empty entry; or SLOT and the slot and one, until the slot has an id. */
  next: u32
  unused: u32
}

const SLOT: u32 = 1 << 31

let exact: bool = false
let recent: usize = 0
let mask: u32 = 0
let stride: u32 = 0

/** Places the cache at `at`, and returns its end. */
export function layOutRecent(at: usize, keepVectors: bool): usize {
  exact = keepVectors
  stride = offsetof<Recent>() + (exact ? (bytes + 15) & ~15 : 0)
  mask = ((<u32>1 << 31) >> clz(SIZE / stride)) - 1
  recent = at
  return at + align((mask + 1) * stride)
}

// @ts-ignore: decorator
@inline
function recentAt(hash: u64): Recent {
  return changetype<Recent>(recent + (<u32>(hash >> 32) & mask) * stride)
}

/**
 * Looks `size` slots from `first` on up in the cache. Writes to `list` those that it does not know (u32), and to `hashes`
 * the hashes of their vectors (u64). Returns how many they are.
 */
export function skipRecent(batch: usize, found: usize, first: u32, size: u32, list: usize, hashes: usize): u32 {
  let unknown: u32 = 0
  let from = batch + first * bytes
  for (let slot = first; slot < first + size; slot++, from += bytes) {
    const hash = fingerprint(from)
    const seen = recentAt(hash)
    const copy = changetype<usize>(seen) + offsetof<Recent>()
    if (seen.hash == hash && seen.next != 0 && (!exact || sameWords(from, copy))) {
      store<u32>(found + (<usize>slot << 2), seen.next - 1)
      continue
    }
    store<u32>(list + (<usize>unknown << 2), slot)
    store<u64>(hashes + (<usize>unknown << 3), hash)
    unknown++
    seen.hash = hash
    seen.next = (SLOT | slot) + 1
    if (exact) copyVector(copy, from)
  }
  return unknown
}

/** Replaces slots by the ids that they have now, in the cache and where the cache answered with a slot. */
export function settleRecent(found: usize, first: u32, size: u32, list: usize, hashes: usize, unknown: u32): void {
  for (let i: u32 = 0; i < unknown; i++) {
    const slot = load<u32>(list + (<usize>i << 2))
    const seen = recentAt(load<u64>(hashes + (<usize>i << 3)))
    // Of several slots with one place in the cache, the last is the one whose vector is there.
    seen.next = load<u32>(found + (<usize>slot << 2)) + 1
  }
  for (let at = found + (<usize>first << 2), end = at + (<usize>size << 2); at < end; at += 4) {
    const id = load<u32>(at)
    if (id & SLOT) store<u32>(at, load<u32>(found + (<usize>(id & ~SLOT) << 2)))
  }
}

/**
 * A hash of the vector. Each pair of words is mixed fully, and differently at each place: a token that moves from one
 * word to another must not cancel out in the sum.
 */
// @ts-ignore: decorator
@inline
export function fingerprint(from: usize): u64 {
  let sum: u64 = 0
  let place: u64 = 0
  for (const end = from + bytes; from < end; from += 8) {
    place += 0x9e3779b97f4a7c15
    sum += mix(load<u64>(from) ^ place)
  }
  return mix(sum)
}

// @ts-ignore: decorator
@inline
function sameWords(a: usize, b: usize): bool {
  let differ: u64 = 0
  for (const end = a + bytes; a < end; a += 8, b += 8) differ |= load<u64>(a) ^ load<u64>(b)
  return differ == 0
}
