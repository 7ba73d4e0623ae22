// The kernel of the state stores. A state is a vector of 32-bit words. Its words are dealt to 2^k leaves of at most eight
// words, and the leaves are the lowest level of a binary tree: an inner node is the pair of the ids of the two nodes below
// it, and the root is the key of the state. Equal leaves and equal subtrees are stored once, and a state that differs
// from its parent in few words shares all but a few paths with it.
//
// A batch is worked off in groups. First a small cache of recent vectors answers for most states met again; then the
// others go through the tree level by level: all keys of a level are hashed and their index buckets touched before the
// first is looked up, so that cache misses overlap.

import {
  chunkOf,
  clear,
  home,
  Interner,
  intern,
  keep,
  LEAF_BYTES,
  mix,
  mixLeaf,
  rebuild,
  reserve,
  start,
  within,
} from './interner'
import { allocate, LEAVES, NEW_LEAVES, NEW_NODES, NODES, PAGE, release, STATES } from './pages'

export { touched } from './interner'

const NONE: u32 = 0xffffffff

/** Slots of the batch worked on together. */
const GROUP: u32 = 256

const WORDS_PER_LEAF: u32 = LEAF_BYTES / 4
const NO_WORD: u32 = 255
const LEAF_BITS: u32 = 13
const LEAF_CHUNK_PAGES: u32 = (LEAF_BYTES << LEAF_BITS) / PAGE
const NODE_BITS: u32 = 14
const NODE_CHUNK_PAGES: u32 = (8 << NODE_BITS) / PAGE
const STATE_BITS: u32 = 15
const STATE_CHUNK_PAGES: u32 = (14 << STATE_BITS) / PAGE
const VECTOR_BITS: u32 = 12
/** Pages of the directory of chunks of vectors: enough for all ids that 4 GiB can hold. */
const VECTOR_DIRECTORY_PAGES: u32 = 4

/** Bytes of the cache of recent vectors: what a second-level processor cache may hold. */
const RECENT_BYTES: u32 = 1 << 19

/** A chunk of states holds keys, then parents, then ordinals. */
const PARENTS_AT: usize = 8 << STATE_BITS
const ORDINALS_AT: usize = 12 << STATE_BITS

/** A pair of ids on its way into an interner. */
@unmanaged
class Pair {
  key: u64
  hash: u64
  /** Where to write the id. */
  target: usize
}

/** A leaf on its way into an interner. */
@unmanaged
class Leaf {
  key0: u64
  key1: u64
  key2: u64
  key3: u64
  hash: u64
  target: usize
}

/**
 * A vector seen lately, at a place given by its hash. Breadth-first search reaches a state from several parents within a
 * short time: nearly all states met again are found here. With fingerprints the vector itself is not kept.
 */
@unmanaged
class Recent {
  hash: u64
  /** The id and one, 0 for an empty entry; or SLOT and the slot and one, until the slot has an id. */
  next: u32
  unused: u32
}

const SLOT: u32 = 1 << 31

// Shape of the tree. Its nodes are numbered as in a heap: the root is 1, below node i are 2i and 2i + 1, and the leaves
// are the nodes from `cells` on. So the ids of siblings lie side by side, as the key of the node above them.
// A vector of two words has no tree: it is itself the key of the state.
let words: u32 = 0
export let cells: u32 = 0
/** Bytes of the ids of all nodes of a state: a power of two. */
let idBytes: u32 = 0
/** Per leaf: the offsets of its words in a vector (8 x u16). A leaf of fewer words repeats the first. */
let places: usize = 0
/** Per word: its leaf (u8). */
let leafOf: usize = 0
/** Both for the order to come. */
let newPlaces: usize = 0
let newLeafOf: usize = 0
/** The words of each leaf: places for eight (u8), NO_WORD where there are fewer. */
export let order: usize = 0

// Vectors not read yet, in chunks. Chunks read to their end are linked to a list by their first word.
let fingerprints: bool = false
let vectorDirectory: usize = 0
let vectorRoom: u32 = 0
let vectorsRead: u32 = 0
let freeChunk: usize = 0

// Places of the batch and of working memory.
export let batch: usize = 0
export let parents: usize = 0
export let ordinals: usize = 0
export let found: usize = 0
export let vector: usize = 0
let baseIds: usize = 0
let baseWords: usize = 0
/** The state whose ids and words are in `baseIds` and `baseWords`. */
let base: u32 = NONE
let slotIds: usize = 0
let pairs: usize = 0
let newLeaves: usize = 0
let recent: usize = 0
let recentMask: u32 = 0
let recentStride: u32 = 0
/** The slots of a group that the cache does not know (u32), and the hashes of their vectors (u64). */
let list: usize = 0
let hashes: usize = 0

export let full: bool = false

// @ts-ignore: decorator
@inline
function states(): Interner {
  return changetype<Interner>(STATES)
}

// @ts-ignore: decorator
@inline
function nodes(): Interner {
  return changetype<Interner>(NODES)
}

// @ts-ignore: decorator
@inline
function leaves(): Interner {
  return changetype<Interner>(LEAVES)
}

// @ts-ignore: decorator
@inline
function align(bytes: usize): usize {
  return (bytes + 127) & ~127
}

/** Lays out the working memory and the first tables. Returns false if the memory limit is too low even for these. */
export function init(wordsPerState: u32, capacity: u32, byFingerprint: bool): bool {
  words = wordsPerState
  fingerprints = byFingerprint
  cells = fingerprints || words == 2 ? 1 : 2
  while (cells > 1 && cells * WORDS_PER_LEAF < words) cells <<= 1
  idBytes = max(16, cells << 3)
  recentStride = offsetof<Recent>() + (fingerprints ? 0 : ((words + 3) & ~3) << 2)
  recentMask = ((<u32>1 << 31) >> clz(RECENT_BYTES / recentStride)) - 1
  const at = allocate(<u32>((layOut(0, capacity) + PAGE - 1) / PAGE))
  if (at == 0) return false
  layOut(at, capacity)
  if (!start(states(), STATE_BITS, STATE_CHUNK_PAGES, false)) return false
  if (fingerprints) {
    vectorDirectory = allocate(VECTOR_DIRECTORY_PAGES)
    return vectorDirectory != 0
  }
  return start(leaves(), LEAF_BITS, LEAF_CHUNK_PAGES, true) && start(nodes(), NODE_BITS, NODE_CHUNK_PAGES, false)
}

/** Places everything that is not a table from `at` on, and returns its end. */
function layOut(at: usize, capacity: u32): usize {
  batch = at
  at += align(capacity * words * 4)
  parents = at
  at += align(capacity * 4)
  found = at
  at += align(capacity * 4)
  ordinals = at
  at += align(capacity * 2)
  vector = at
  at += align(words * 4)
  baseWords = at
  at += align(words * 4)
  order = at
  at += align(cells * WORDS_PER_LEAF)
  leafOf = at
  at += align(words)
  newLeafOf = at
  at += align(words)
  places = at
  at += align(cells * WORDS_PER_LEAF * 2)
  newPlaces = at
  at += align(cells * WORDS_PER_LEAF * 2)
  baseIds = at
  at += align(idBytes)
  slotIds = at
  at += align(idBytes * GROUP)
  pairs = at
  at += align(GROUP * cells * offsetof<Pair>())
  newLeaves = at
  at += align(GROUP * cells * offsetof<Leaf>())
  list = at
  at += align(GROUP * 4)
  hashes = at
  at += align(GROUP * 8)
  recent = at
  at += align((recentMask + 1) * recentStride)
  return at
}

/** Makes `order` the order of an empty store. */
export function setOrder(): void {
  if (cells == 1) return
  dealWords()
  swapOrders()
}

/** Deals the words to the leaves by `order`. */
function dealWords(): void {
  for (let cell: u32 = 0; cell < cells; cell++) {
    const first = order + cell * WORDS_PER_LEAF
    let some = NO_WORD
    for (let i: u32 = 0; i < WORDS_PER_LEAF; i++) some = min(some, <u32>load<u8>(first + i))
    for (let i: u32 = 0; i < WORDS_PER_LEAF; i++) {
      const own = <u32>load<u8>(first + i)
      const word = own == NO_WORD ? some : own
      store<u16>(newPlaces + ((cell * WORDS_PER_LEAF + i) << 1), word << 2)
      store<u8>(newLeafOf + word, cell)
    }
  }
}

function swapOrders(): void {
  const oldPlaces = places
  places = newPlaces
  newPlaces = oldPlaces
  const oldLeafOf = leafOf
  leafOf = newLeafOf
  newLeafOf = oldLeafOf
  base = NONE
}

/**
 * Makes `order` the order of a store that has states: builds all leaves and nodes anew. Ids of states stay the same.
 * Returns false, and leaves everything as it was, if there is no room to have both trees for a while.
 */
export function reorder(): bool {
  const count = states().count
  const pages = ((count << 3) + PAGE - 1) / PAGE
  const roots = allocate(pages)
  if (roots == 0) return false
  dealWords()
  const built =
    start(changetype<Interner>(NEW_LEAVES), LEAF_BITS, LEAF_CHUNK_PAGES, true) &&
    start(changetype<Interner>(NEW_NODES), NODE_BITS, NODE_CHUNK_PAGES, false) &&
    buildTrees(count, roots)
  if (built) {
    for (let id: u32 = 0; id < count; id++) {
      const chunk = chunkOf(states().directory, id, STATE_BITS)
      store<u64>(chunk + (within(id, STATE_BITS) << 3), load<u64>(roots + (<usize>id << 3)))
    }
    rebuild(states())
    exchange(LEAVES, NEW_LEAVES)
    exchange(NODES, NEW_NODES)
    swapOrders()
  }
  clear(changetype<Interner>(NEW_LEAVES))
  clear(changetype<Interner>(NEW_NODES))
  release(roots, pages)
  return built
}

/** Builds the trees of states 0..count-1 in the new order, and writes their keys to `roots`. */
function buildTrees(count: u32, roots: usize): bool {
  const leaves = changetype<Interner>(NEW_LEAVES)
  const nodes = changetype<Interner>(NEW_NODES)
  for (let first: u32 = 0; first < count; first += GROUP) {
    const size = min(count - first, GROUP)
    if (!reserve(leaves, size * cells) || !reserve(nodes, size * cells)) return false
    let end = newLeaves
    for (let i: u32 = 0; i < size; i++) {
      setBase(first + i)
      end = takeLeaves(leaves, newPlaces, baseWords, slotIds + i * idBytes, allCells(), end)
    }
    end = internTrees(leaves, nodes, end)
    // All slots have one root each, in order.
    for (let at = pairs; at < end; at += offsetof<Pair>(), roots += 8) store<u64>(roots, changetype<Pair>(at).key)
  }
  return true
}

function exchange(a: usize, b: usize): void {
  for (let i: usize = 0; i < offsetof<Interner>(); i += 4) {
    const word = load<u32>(a + i)
    store<u32>(a + i, load<u32>(b + i))
    store<u32>(b + i, word)
  }
}

export function count(): u32 {
  return states().count
}

export function nodeCount(): u32 {
  return nodes().count
}

export function leafCount(): u32 {
  return leaves().count
}

export function parentOf(id: u32): u32 {
  return load<u32>(chunkOf(states().directory, id, STATE_BITS) + (within(id, STATE_BITS) << 2), PARENTS_AT)
}

export function ordinalOf(id: u32): u32 {
  return load<u16>(chunkOf(states().directory, id, STATE_BITS) + (within(id, STATE_BITS) << 1), ORDINALS_AT)
}

/** Writes state `id` to `vector`. With fingerprints, only for ids in order: the vectors before it are given up. */
export function decode(id: u32): void {
  if (fingerprints) {
    memory.copy(vector, vectorAt(id), words << 2)
    for (const end = id >> VECTOR_BITS; vectorsRead < end; vectorsRead++) {
      const chunk = load<u32>(vectorDirectory + (vectorsRead << 2))
      store<u32>(chunk, <u32>freeChunk)
      freeChunk = chunk
    }
    return
  }
  setBase(id)
  memory.copy(vector, baseWords, words << 2)
}

/** Writes the node ids and the words of state `id` to `baseIds` and `baseWords`. */
function setBase(id: u32): void {
  if (id == base) return
  base = id
  const root = load<u64>(chunkOf(states().directory, id, STATE_BITS) + (within(id, STATE_BITS) << 3))
  if (cells == 1) {
    store<u64>(baseWords, root)
    return
  }
  store<u64>(baseIds, root, 8)
  let directory = nodes().directory
  for (let node: u32 = 2; node < cells; node++) {
    const below = load<u32>(baseIds + (node << 2))
    const chunk = chunkOf(directory, below, NODE_BITS)
    store<u64>(baseIds + (node << 3), load<u64>(chunk + (within(below, NODE_BITS) << 3)))
  }
  directory = leaves().directory
  let place = places
  for (let at = baseIds + (cells << 2), end = baseIds + (cells << 3); at < end; at += 4) {
    const leaf = load<u32>(at)
    const from = chunkOf(directory, leaf, LEAF_BITS) + within(leaf, LEAF_BITS) * LEAF_BYTES
    for (let i: usize = 0; i < WORDS_PER_LEAF; i++, place += 2) {
      store<u32>(baseWords + load<u16>(place), load<u32>(from + (i << 2)))
    }
  }
}

/**
 * Inserts slots 0..n-1. Before each group there is room made for the worst case, so that no table moves while the
 * group is worked on; when that fails, slot by slot until there is not even room for one.
 */
export function insert(n: u32): void {
  let done: u32 = 0
  while (done < n && !full) {
    let size = min(n - done, GROUP)
    if (!roomFor(size)) {
      size = 1
      if (!roomFor(1)) full = true
    }
    if (!full) {
      insertGroup(done, size)
      done += size
    }
  }
  for (; done < n; done++) store<u32>(found + (<usize>done << 2), NONE)
}

function roomFor(slots: u32): bool {
  if (!reserve(states(), slots)) return false
  if (fingerprints) return reserveVectors(slots)
  return reserve(leaves(), slots * cells) && reserve(nodes(), slots * cells)
}

function reserveVectors(extra: u32): bool {
  while (states().count + extra > vectorRoom) {
    let chunk = freeChunk
    if (chunk != 0) {
      freeChunk = load<u32>(chunk)
    } else {
      chunk = allocate(((words << (VECTOR_BITS + 2)) + PAGE - 1) / PAGE)
      if (chunk == 0) return false
    }
    store<u32>(vectorDirectory + ((vectorRoom >> VECTOR_BITS) << 2), <u32>chunk)
    vectorRoom += 1 << VECTOR_BITS
  }
  return true
}

// @ts-ignore: decorator
@inline
function vectorAt(id: u32): usize {
  return chunkOf(vectorDirectory, id, VECTOR_BITS) + within(id, VECTOR_BITS) * (words << 2)
}

function insertGroup(first: u32, size: u32): void {
  const unknown = skipRecent(first, size)
  if (cells == 1) {
    internRoots(vectorsAsRoots(unknown))
  } else {
    internRoots(internTrees(leaves(), nodes(), changedLeaves(unknown)))
  }
  settleRecent(first, size, unknown)
}

/** Interns what was collected in `newLeaves` and all nodes above. Collects the roots in `pairs`; returns their end. */
function internTrees(leaves: Interner, nodes: Interner, leafEnd: usize): usize {
  internLeaves(leaves, leafEnd)
  let end = lift(newLeaves, leafEnd, offsetof<Leaf>(), offsetof<Leaf>('target'))
  for (let level = cells >> 1; level > 1; level >>= 1) {
    internPairs(nodes, end)
    end = lift(pairs, end, offsetof<Pair>(), offsetof<Pair>('target'))
  }
  return end
}

// @ts-ignore: decorator
@inline
function recentAt(hash: u64): Recent {
  return changetype<Recent>(recent + (<u32>(hash >> 32) & recentMask) * recentStride)
}

/** Looks all slots up in the cache; lists those that it does not know, and returns how many they are. */
function skipRecent(first: u32, size: u32): u32 {
  const bytes = words << 2
  let unknown: u32 = 0
  let from = batch + first * bytes
  for (let slot = first; slot < first + size; slot++, from += bytes) {
    const hash = fingerprint(from)
    const seen = recentAt(hash)
    const copy = changetype<usize>(seen) + offsetof<Recent>()
    if (seen.hash == hash && seen.next != 0 && (fingerprints || sameWords(from, copy))) {
      store<u32>(found + (<usize>slot << 2), seen.next - 1)
      continue
    }
    store<u32>(list + (<usize>unknown << 2), slot)
    store<u64>(hashes + (<usize>unknown << 3), hash)
    unknown++
    seen.hash = hash
    seen.next = (SLOT | slot) + 1
    if (!fingerprints) memory.copy(copy, from, bytes)
  }
  return unknown
}

/** Replaces slots by the ids that they have now, in the cache and where the cache answered with a slot. */
function settleRecent(first: u32, size: u32, unknown: u32): void {
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

/** The keys of whole vectors: their fingerprints, or if they have two words they themselves. */
function vectorsAsRoots(unknown: u32): usize {
  for (let i: u32 = 0; i < unknown; i++) {
    const pair = changetype<Pair>(pairs + i * offsetof<Pair>())
    const slot = load<u32>(list + (<usize>i << 2))
    pair.key = fingerprints ? load<u64>(hashes + (<usize>i << 3)) : load<u64>(batch + (<usize>slot << 3))
    pair.hash = mix(pair.key)
    pair.target = slotIds + i * idBytes + 4
  }
  return pairs + unknown * offsetof<Pair>()
}

/**
 * A hash of the vector. Each pair of words is mixed fully, and differently at each place: a token that moves from one
 * word to another must not cancel out in the sum.
 */
// @ts-ignore: decorator
@inline
function fingerprint(from: usize): u64 {
  let sum: u64 = 0
  let place: u64 = 0
  for (const end = from + (words << 2); from < end; from += 8) {
    place += 0x9e3779b97f4a7c15
    sum += mix(load<u64>(from) ^ place)
  }
  return mix(sum)
}

// @ts-ignore: decorator
@inline
function sameWords(a: usize, b: usize): bool {
  let differ: u64 = 0
  for (const end = a + (words << 2); a < end; a += 8, b += 8) differ |= load<u64>(a) ^ load<u64>(b)
  return differ == 0
}

/** Gives each listed slot the node ids of its parent, and collects the leaves in which it differs. */
function changedLeaves(unknown: u32): usize {
  const bytes = words << 2
  const known = states().count
  let end = newLeaves
  let ids = slotIds
  for (let i: u32 = 0; i < unknown; i++, ids += idBytes) {
    const slot = load<u32>(list + (<usize>i << 2))
    const from = batch + slot * bytes
    const parent = load<u32>(parents + (<usize>slot << 2))
    let changed = allCells()
    if (parent < known) {
      setBase(parent)
      changed = differences(from, baseWords)
      for (let p: usize = 0; p < <usize>idBytes; p += 16) v128.store(ids + p, v128.load(baseIds + p))
      if (changed == 0) store<u32>(found + (<usize>slot << 2), parent)
    }
    end = takeLeaves(leaves(), places, from, ids, changed, end)
  }
  return end
}

// @ts-ignore: decorator
@inline
function allCells(): u32 {
  return (<u32>1 << cells) - 1
}

/** Collects some leaves of the vector at `from`, from `end` on; returns the new end. */
// @ts-ignore: decorator
@inline
function takeLeaves(interner: Interner, places: usize, from: usize, ids: usize, changed: u32, end: usize): usize {
  let sink: u32 = 0
  while (changed != 0) {
    const cell = ctz(changed)
    changed &= changed - 1
    const leaf = changetype<Leaf>(end)
    const place = places + cell * (WORDS_PER_LEAF * 2)
    for (let word: usize = 0; word < WORDS_PER_LEAF; word++) {
      store<u32>(end + (word << 2), load<u32>(from + load<u16>(place + (word << 1))))
    }
    leaf.hash = mixLeaf(end)
    leaf.target = ids + ((cells + cell) << 2)
    sink ^= load<u32>(home(interner.index, interner.mask, leaf.hash))
    end += offsetof<Leaf>()
  }
  keep(sink)
  return end
}

/** One bit for each leaf in which two vectors differ. */
// @ts-ignore: decorator
@inline
function differences(a: usize, b: usize): u32 {
  let changed: u32 = 0
  for (let first: u32 = 0; first < words; first += 64) {
    let differ: u64 = 0
    const end = min(words, first + 64)
    let word = first
    for (; word + 4 <= end; word += 4) {
      const unequal = i32x4.ne(v128.load(a + (word << 2)), v128.load(b + (word << 2)))
      differ |= <u64>i32x4.bitmask(unequal) << (word & 63)
    }
    if (word < end) {
      const unequal = load<u64>(a + (word << 2)) ^ load<u64>(b + (word << 2))
      differ |= (<u64>(<u32>unequal != 0) | (<u64>(unequal >> 32 != 0) << 1)) << (word & 63)
    }
    for (; differ != 0; differ &= differ - 1) {
      changed |= 1 << load<u8>(leafOf + first + <u32>ctz(differ))
    }
  }
  return changed
}

/**
 * From the nodes of one level that changed, collects those above them: their keys are complete now. The places of
 * the ids say which they are. Nodes with the same parent follow one another.
 */
// @ts-ignore: decorator
@inline
function lift(from: usize, fromEnd: usize, stride: usize, targetAt: usize): usize {
  const inside = <usize>idBytes - 1
  let end = pairs
  let last: usize = 0
  for (let at = from; at < fromEnd; at += stride) {
    const below = <usize>load<u32>(at + targetAt)
    const target = (below & ~inside) | (((below & inside) >> 3) << 2)
    const key = load<u64>(below & ~7)
    const hash = mix(key)
    if (last != target) end += offsetof<Pair>()
    last = target
    const pair = changetype<Pair>(end - offsetof<Pair>())
    pair.key = key
    pair.hash = hash
    pair.target = target
  }
  return end
}

/** Reads the bucket of every pair, so that their cache misses overlap. */
// @ts-ignore: decorator
@inline
function touch(index: usize, mask: u32, end: usize): void {
  let sink: u32 = 0
  for (let at = pairs; at < end; at += offsetof<Pair>()) sink ^= load<u32>(home(index, mask, changetype<Pair>(at).hash))
  keep(sink)
}

function internLeaves(interner: Interner, end: usize): void {
  const mask = interner.mask
  const index = interner.index
  const directory = interner.directory
  for (let at = newLeaves; at < end; at += offsetof<Leaf>()) {
    const leaf = changetype<Leaf>(at)
    store<u32>(leaf.target, intern(interner, index, mask, directory, LEAF_BITS, true, 0, at, leaf.hash))
  }
}

function internPairs(interner: Interner, end: usize): void {
  const mask = interner.mask
  const index = interner.index
  const directory = interner.directory
  touch(index, mask, end)
  for (let at = pairs; at < end; at += offsetof<Pair>()) {
    const pair = changetype<Pair>(at)
    store<u32>(pair.target, intern(interner, index, mask, directory, NODE_BITS, false, pair.key, 0, pair.hash))
  }
}

function internRoots(end: usize): void {
  const interner = states()
  const mask = interner.mask
  const index = interner.index
  const directory = interner.directory
  const shift = ctz(idBytes)
  touch(index, mask, end)
  for (let at = pairs; at < end; at += offsetof<Pair>()) {
    const pair = changetype<Pair>(at)
    const slot = <usize>load<u32>(list + (((pair.target - slotIds) >> shift) << 2))
    const before = interner.count
    const id = intern(interner, index, mask, directory, STATE_BITS, false, pair.key, 0, pair.hash)
    store<u32>(found + (slot << 2), id)
    if (id == before) {
      const chunk = chunkOf(directory, id, STATE_BITS)
      store<u32>(chunk + (within(id, STATE_BITS) << 2), load<u32>(parents + (slot << 2)), PARENTS_AT)
      store<u16>(chunk + (within(id, STATE_BITS) << 1), load<u16>(ordinals + (slot << 1)), ORDINALS_AT)
      if (fingerprints) memory.copy(vectorAt(id), batch + slot * (words << 2), words << 2)
    }
  }
}

/** For tests of the hashes: the key of the first slot of the batch, and the hash of that key. */
export function firstFingerprint(): u64 {
  return fingerprint(batch)
}

export function mixed(key: u64): u64 {
  return mix(key)
}
