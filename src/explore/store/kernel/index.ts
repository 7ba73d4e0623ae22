// The kernel of the state stores. A state is a vector of 32-bit words. Its words are dealt to 2^k leaves of at most eight
// words, and the leaves are the lowest level of a binary tree: an inner node is the pair of the ids of the two nodes below
// it, and the root is the key of the state. Equal leaves and equal subtrees are stored once, and a state that differs
// from its parent in few words shares all but a few paths with it.
//
// A batch is worked off in groups. First a small cache of recent vectors answers for most states met again; then the
// others go through the tree level by level: all keys of a level are hashed and their index buckets touched before the
// first is looked up, so that cache misses overlap.
//
// In the other mode, fingerprints, the key of a state is a 64-bit hash of its vector, and there is no tree. The vectors
// themselves are kept in order until they are given up.

import * as gate from './gate'
import { countOf, FRESH, hasRoom, mix, reserve, SHARED } from './interner'
import { allocate, PAGE, size } from './pages'
import { fingerprint, layOutRecent, settleRecent, skipRecent } from './recent'
import { align, bytes, cells, copyVector, layOutShape, setShape, words } from './shape'
import { internStates, Pair, setLink, startStates, states } from './states'
import {
  baseWords,
  hasTreeRoom,
  layOutTree,
  leaves,
  nodes,
  pairs,
  reorder as reorderTrees,
  reserveTrees,
  setBase,
  startTree,
  treesOf,
  useOrder,
} from './tree'
import { hasVectorRoom, releaseVectors, reserveVectors, startVectors, vectorAt } from './vectors'

export { CLOSED as closed } from './gate'
export { touched } from './interner'
export { ORDER as order, size as pages } from './pages'
export { cells } from './shape'
export { ordinalOf, parentOf } from './states'
export { useOrder } from './tree'

const NONE: u32 = 0xffffffff

/** Slots of the batch worked on together. */
const GROUP: u32 = 256

let fingerprints: bool = false

// The batch, and working memory.
export let batch: usize = 0
export let parents: usize = 0
export let ordinals: usize = 0
export let found: usize = 0
export let vector: usize = 0
/** The slots of a group that the cache does not know (u32), and the hashes of their vectors (u64). */
let list: usize = 0
let hashes: usize = 0

/** States added by the last `insert`. */
export let added: u32 = 0

/** Makes an empty store. Returns false if the memory limit is too low even for the first tables. */
export function init(wordsPerState: u32, capacity: u32, byFingerprint: bool): bool {
  if (!attach(wordsPerState, capacity, byFingerprint)) return false
  return startStates() && (fingerprints ? startVectors() : startTree())
}

/** Lays out the batch and the working memory of this thread. The store must exist already, or be made then. */
export function attach(wordsPerState: u32, capacity: u32, byFingerprint: bool): bool {
  gate.close()
  fingerprints = byFingerprint
  setShape(wordsPerState, !fingerprints)
  const at = allocate(<u32>((layOut(0, capacity) + PAGE - 1) / PAGE))
  if (at != 0) {
    layOut(at, capacity)
    gate.addThread()
  }
  gate.open()
  return at != 0
}

/** Places everything that is not a table from `at` on, and returns its end. */
function layOut(at: usize, capacity: u32): usize {
  batch = at
  at += align(capacity * bytes)
  parents = at
  at += align(capacity * 4)
  found = at
  at += align(capacity * 4)
  ordinals = at
  at += align(capacity * 2)
  vector = at
  at += align(bytes)
  list = at
  at += align(GROUP * 4)
  hashes = at
  at += align(GROUP * 8)
  at = layOutShape(at)
  at = layOutTree(at, GROUP)
  return layOutRecent(at, !fingerprints)
}

export function count(): u32 {
  return countOf(states())
}

export function leafCount(): u32 {
  return countOf(leaves())
}

export function nodeCount(): u32 {
  return countOf(nodes())
}

export function full(): bool {
  return gate.isFull()
}

/** Writes state `id` to `vector`. */
export function decode(id: u32): void {
  if (fingerprints) {
    copyVector(vector, vectorAt(id, bytes))
  } else {
    setBase(id)
    copyVector(vector, baseWords)
  }
}

/** Gives up the vectors of states before `id`, in a store with fingerprints. */
export function giveUp(id: u32): void {
  gate.close()
  releaseVectors(id)
  gate.open()
}

/** See the tree's. Nobody else may use the store meanwhile, not even read. */
export function reorder(): bool {
  gate.close()
  const done = reorderTrees()
  gate.open()
  return done
}

/** Inserts slots 0..n-1, until there is no room. */
export function insert(n: u32): void {
  added = 0
  let done: u32 = 0
  while (done < n) {
    const size = enter(min(n - done, GROUP))
    if (size == 0) break
    insertGroup(done, size)
    gate.leave()
    done += size
  }
  for (; done < n; done++) store<u32>(found + (<usize>done << 2), NONE)
}

/**
 * Passes the gate and makes sure that there is room for the worst case, so that no table has to move while a group is
 * worked on. Returns for how many of `wanted` slots: when room gets scarce, for one at a time, and in the end for none.
 * With several threads there must be room for groups of all.
 */
function enter(wanted: u32): u32 {
  if (!SHARED) {
    if (gate.isFull()) return 0
    if (makeRoom(wanted)) return wanted
    if (makeRoom(1)) return 1
    gate.setFull()
    return 0
  }
  while (true) {
    gate.enter()
    const slots = gate.threads() * GROUP
    const isFull = gate.isFull()
    if (!isFull && isRoom(slots)) return wanted
    gate.leave()
    if (isFull) return 0
    gate.close()
    if (!makeRoom(gate.threads() * GROUP)) gate.setFull()
    gate.open()
  }
}

function isRoom(slots: u32): bool {
  if (!hasRoom(states(), slots)) return false
  return fingerprints ? hasVectorRoom(count() + slots) : hasTreeRoom(slots)
}

function makeRoom(slots: u32): bool {
  if (!reserve(states(), slots)) return false
  return fingerprints ? reserveVectors(count() + slots, bytes) : reserveTrees(slots)
}

function insertGroup(first: u32, size: u32): void {
  const unknown = skipRecent(batch, found, first, size, list, hashes)
  const end = cells == 1 ? vectorsAsRoots(unknown) : treesOf(batch, parents, found, list, unknown)
  internStates(pairs, end)
  for (let at = pairs; at < end; at += offsetof<Pair>()) link((changetype<Pair>(at).target - found) >> 2)
  settleRecent(found, first, size, list, hashes, unknown)
}

/** Stores where the state of a slot comes from, if it is new. */
// @ts-ignore: decorator
@inline
function link(slot: usize): void {
  const fresh = load<u32>(found + (slot << 2))
  if (!(fresh & FRESH)) return
  const id = fresh & ~FRESH
  store<u32>(found + (slot << 2), id)
  setLink(id, load<u32>(parents + (slot << 2)), load<u16>(ordinals + (slot << 1)))
  if (fingerprints) copyVector(vectorAt(id, bytes), batch + slot * bytes)
  added++
}

/** The keys of whole vectors: their fingerprints, or if they have two words they themselves. */
function vectorsAsRoots(unknown: u32): usize {
  for (let i: u32 = 0; i < unknown; i++) {
    const pair = changetype<Pair>(pairs + i * offsetof<Pair>())
    const slot = load<u32>(list + (<usize>i << 2))
    pair.key = fingerprints ? load<u64>(hashes + (<usize>i << 3)) : load<u64>(batch + (<usize>slot << 3))
    pair.hash = mix(pair.key)
    pair.target = found + (<usize>slot << 2)
  }
  return pairs + unknown * offsetof<Pair>()
}

/** For tests of the hashes: the fingerprint of the first slot of the batch, and the hash of a key. */
export function firstFingerprint(): u64 {
  return fingerprint(batch)
}

export function mixed(key: u64): u64 {
  return mix(key)
}
