// Hash-consing: key -> dense id, id -> key. Keys are pairs of ids (64 bits) or leaves (32 bytes).
//
// Keys lie in chunks that never move. The index is a power of two of 32-bit slots, in buckets of four that are probed
// together; a slot holds id + 1 in as many low bits as the index has, and bits of the hash above, so that a probe hardly
// ever has to read another key. The index can always be rebuilt from the keys.
//
// Several threads may intern at a time. A thread claims an empty slot by exchanging it for one with the bits of the hash
// and all ones for the id; then it writes the key, and then the id. Who meets a claimed slot with the bits of its own
// hash waits for the id.

import { allocate, PAGE, release } from './pages'

export const LEAF_BYTES: u32 = 32

/** Whether this is the kernel for several threads. */
export const SHARED: bool = ASC_FEATURE_THREADS

/** Set in what `intern` returns, if the id was given just now. */
export const FRESH: u32 = 1 << 31

const FIRST_INDEX_PAGES: u32 = 1
const SLOTS_PER_PAGE: u32 = PAGE >> 2

/** How many keys are hashed and their buckets touched before the first is entered. */
const AHEAD: u32 = 64

/** Made from what was read only to warm the cache. Exported by the kernel, or the reads would be optimized away. */
export let touched: u32 = 0

// @ts-ignore: decorator
@inline
export function keep(read: u32): void {
  touched = read
}

@unmanaged
export class Interner {
  /** Ids given. */
  count: u32
  /** Ids for which there are chunks. */
  room: u32
  /** Ids up to which the index is not too full. */
  limit: u32
  /** Slots of the index less one. */
  mask: u32
  index: usize
  directory: usize
  /** A chunk holds 1 << bits keys, and what else the owner keeps per id. */
  bits: u32
  pagesPerChunk: u32
  /** Whether keys are leaves. */
  wide: bool
}

/** Every bit of the key changes about half the bits of the result (the finalizer of MurmurHash3). */
// @ts-ignore: decorator
@inline
export function mix(key: u64): u64 {
  key ^= key >> 33
  key *= 0xff51afd7ed558ccd
  key ^= key >> 33
  key *= 0xc4ceb9fe1a85ec53
  return key ^ (key >> 33)
}

/** Folding the halves together first keeps changes in high bits from cancelling out between the terms. */
// @ts-ignore: decorator
@inline
function spread(key: u64, factor: u64): u64 {
  return (key ^ (key >> 32)) * factor
}

// @ts-ignore: decorator
@inline
export function mixLeaf(leaf: usize): u64 {
  return mix(
    spread(load<u64>(leaf), 0x9e3779b97f4a7c15) +
      spread(load<u64>(leaf, 8), 0xc2b2ae3d27d4eb4f) +
      spread(load<u64>(leaf, 16), 0xd6e8feb86659fd93) +
      spread(load<u64>(leaf, 24), 0xa0761d6478bd642f),
  )
}

// @ts-ignore: decorator
@inline
export function sameLeaf(a: usize, b: usize): bool {
  const low = v128.xor(v128.load(a), v128.load(b))
  const high = v128.xor(v128.load(a, 16), v128.load(b, 16))
  return !v128.any_true(v128.or(low, high))
}

// @ts-ignore: decorator
@inline
export function chunkOf(directory: usize, id: u32, bits: u32): usize {
  return load<u32>(directory + ((id >> bits) << 2))
}

/** Place of `id` in its chunk. */
// @ts-ignore: decorator
@inline
export function within(id: u32, bits: u32): usize {
  return id & ((1 << bits) - 1)
}

/** The bucket where the search for a key starts. */
// @ts-ignore: decorator
@inline
export function home(index: usize, mask: u32, hash: u64): usize {
  return index + ((<usize>hash & (mask & ~3)) << 2)
}

export function start(interner: Interner, bits: u32, pagesPerChunk: u32, wide: bool): bool {
  interner.bits = bits
  interner.pagesPerChunk = pagesPerChunk
  interner.wide = wide
  interner.directory = allocate(directoryPages(interner))
  const index = allocate(FIRST_INDEX_PAGES)
  interner.index = index
  interner.mask = FIRST_INDEX_PAGES * SLOTS_PER_PAGE - 1
  if (interner.directory == 0 || index == 0) return false
  setIndex(interner, index, FIRST_INDEX_PAGES)
  return true
}

/** Enough for as many chunks as 4 GiB can hold. */
function directoryPages(interner: Interner): u32 {
  return ((65536 / interner.pagesPerChunk) * 4 + PAGE - 1) / PAGE
}

function setIndex(interner: Interner, index: usize, pages: u32): void {
  const slots = pages * SLOTS_PER_PAGE
  memory.fill(index, 0, pages * PAGE)
  interner.index = index
  interner.mask = slots - 1
  interner.limit = slots - (slots >> 3)
}

// @ts-ignore: decorator
@inline
export function countOf(interner: Interner): u32 {
  if (SHARED) return atomic.load<u32>(changetype<usize>(interner))
  return interner.count
}

/** Whether there is room for `extra` more ids. */
export function hasRoom(interner: Interner, extra: u32): bool {
  const wanted = countOf(interner) + extra
  return wanted <= interner.limit && wanted <= interner.room
}

/** Makes room for `extra` more ids. Returns whether there is. */
export function reserve(interner: Interner, extra: u32): bool {
  const wanted = countOf(interner) + extra
  // A table that several threads use grows by more at a time: while it grows, all wait.
  const ahead = SHARED ? wanted + (wanted >> 5) : wanted
  while (wanted > interner.limit) if (!grow(interner)) return false
  if (wanted <= interner.room) return true
  while (ahead > interner.room) {
    const chunk = allocate(interner.pagesPerChunk)
    if (chunk == 0) return wanted <= interner.room
    store<u32>(interner.directory + ((interner.room >> interner.bits) << 2), <u32>chunk)
    interner.room += 1 << interner.bits
  }
  return true
}

/** Slots up to which an index grows fourfold: every growth enters all keys anew, and what is small may be half empty. */
const GENEROUS: u32 = 1 << 24

function grow(interner: Interner): bool {
  const slots = interner.mask + 1
  const pages = slots / SLOTS_PER_PAGE
  const old = interner.index
  let factor: u32 = slots * 4 <= GENEROUS ? 4 : 2
  let index = allocate(factor * pages)
  if (index == 0 && factor == 4) {
    factor = 2
    index = allocate(factor * pages)
  }
  if (index == 0) {
    // No room for a larger index: fill this one further than is good for speed.
    const limit = slots - (slots >> 4)
    if (interner.limit >= limit) return false
    interner.limit = limit
    return true
  }
  release(old, pages)
  setIndex(interner, index, factor * pages)
  enterAll(interner)
  return true
}

/** Builds the index anew from the keys. */
export function rebuild(interner: Interner): void {
  setIndex(interner, interner.index, (interner.mask + 1) / SLOTS_PER_PAGE)
  enterAll(interner)
}

/** Gives back all memory of an interner. */
export function clear(interner: Interner): void {
  for (let first: u32 = 0; first < interner.room; first += 1 << interner.bits) {
    release(chunkOf(interner.directory, first, interner.bits), interner.pagesPerChunk)
  }
  if (interner.index != 0) release(interner.index, (interner.mask + 1) / SLOTS_PER_PAGE)
  if (interner.directory != 0) release(interner.directory, directoryPages(interner))
  memory.fill(changetype<usize>(interner), 0, offsetof<Interner>())
}

function enterAll(interner: Interner): void {
  const perChunk = <u32>1 << interner.bits
  for (let first: u32 = 0; first < interner.count; first += perChunk) {
    const end = min(interner.count, first + perChunk)
    const keys = chunkOf(interner.directory, first, interner.bits)
    if (interner.wide) enter(interner, first, end, keys, true)
    else enter(interner, first, end, keys, false)
  }
}

/** Enters the ids of a chunk, whose keys are not in the index. Buckets are touched some ids ahead. */
// @ts-ignore: decorator
@inline
function enter(interner: Interner, first: u32, end: u32, keys: usize, wide: bool): void {
  const index = interner.index
  const mask = interner.mask
  const bytes = wide ? LEAF_BYTES : 8
  let sink: u32 = 0
  for (let block = first; block < end; block += AHEAD) {
    const blockEnd = min(end, block + AHEAD)
    const blockKeys = keys
    for (let id = block; id < blockEnd; id++, keys += bytes) {
      sink ^= load<u32>(home(index, mask, wide ? mixLeaf(keys) : mix(load<u64>(keys))))
    }
    keys = blockKeys
    for (let id = block; id < blockEnd; id++, keys += bytes) {
      const hash = wide ? mixLeaf(keys) : mix(load<u64>(keys))
      let at = <u32>hash & (mask & ~3)
      while (load<u32>(index + (<usize>at << 2)) != 0) at = (at + 1) & mask
      store<u32>(index + (<usize>at << 2), (<u32>(hash >> 32) & ~mask) | (id + 1))
    }
  }
  keep(sink)
}

/**
 * The id of a key; given one now if it has none, then with FRESH. There must be room. The key is `key`, or the leaf at
 * `leaf` if `wide`. `index`, `mask` and `directory` are the interner's, read once by the caller for many keys; `wide` and
 * `bits` must be constants.
 */
// @ts-ignore: decorator
@inline
export function intern(
  interner: Interner,
  index: usize,
  mask: u32,
  directory: usize,
  bits: u32,
  wide: bool,
  key: u64,
  leaf: usize,
  hash: u64,
): u32 {
  const tag = <u32>(hash >> 32) & ~mask
  const tags = i32x4.splat(tag)
  const tagBits = i32x4.splat(~mask)
  let at = <u32>hash & (mask & ~3)
  while (true) {
    const bucket = index + (<usize>at << 2)
    const slots = v128.load(bucket)
    let equal = i32x4.bitmask(i32x4.eq(v128.and(slots, tagBits), tags))
    while (equal != 0) {
      const slot = slotAt(bucket + (<usize>ctz(equal) << 2), mask)
      equal &= equal - 1
      if (slot == 0) continue
      const id = (slot & mask) - 1
      const chunk = chunkOf(directory, id, bits)
      if (wide) {
        if (sameLeaf(chunk + within(id, bits) * LEAF_BYTES, leaf)) return id
      } else {
        if (load<u64>(chunk + (within(id, bits) << 3)) == key) return id
      }
    }
    const empty = i32x4.bitmask(i32x4.eq(slots, i32x4.splat(0)))
    if (empty == 0) {
      at = (at + 4) & mask
      continue
    }
    const place = bucket + (<usize>ctz(empty) << 2)
    // Another thread may have been faster: look at the bucket again.
    if (SHARED && atomic.cmpxchg<u32>(place, 0, tag | mask) != 0) continue
    const id = SHARED ? atomic.add<u32>(changetype<usize>(interner), 1) : interner.count++
    const chunk = chunkOf(directory, id, bits)
    if (wide) {
      const copy = chunk + within(id, bits) * LEAF_BYTES
      v128.store(copy, v128.load(leaf))
      v128.store(copy, v128.load(leaf, 16), 16)
    } else {
      store<u64>(chunk + (within(id, bits) << 3), key)
    }
    if (SHARED) atomic.store<u32>(place, tag | (id + 1))
    else store<u32>(place, tag | (id + 1))
    return id | FRESH
  }
}

/** A slot of the index, once it has its id. */
// @ts-ignore: decorator
@inline
function slotAt(place: usize, mask: u32): u32 {
  if (!SHARED) return load<u32>(place)
  let slot = atomic.load<u32>(place)
  while ((slot & mask) == mask) slot = atomic.load<u32>(place)
  return slot
}
