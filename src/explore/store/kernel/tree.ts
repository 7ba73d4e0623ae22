// Vectors as trees: from words to the key of the state, and back.

import {
  chunkOf,
  clear,
  countOf,
  FRESH,
  hasRoom,
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
import { allocate, LEAVES, NEW_LEAVES, NEW_NODES, NODES, PAGE, release } from './pages'
import { align, allCells, bytes, cells, dealWords, differences, newPlaces, places, swapOrders, WORDS_PER_LEAF } from './shape'
import { keyPlace, Pair, states, touch } from './states'

const NONE: u32 = 0xffffffff
const LEAF_BITS: u32 = 13
const NODE_BITS: u32 = 14

/** A leaf on its way into an interner. */
@unmanaged
class Leaf {
  key0: u64
  key1: u64
  key2: u64
  key3: u64
  hash: u64
  /** Where to write the id. */
  target: usize
}

/** Bytes of the ids of all nodes of a state: a power of two. */
let idBytes: u32 = 0
/** The state whose ids and words are in `baseIds` and `baseWords`. */
let base: u32 = NONE
let baseIds: usize = 0
export let baseWords: usize = 0
/** The ids of the nodes of each slot of a group. */
let slotIds: usize = 0
/** What is being interned. */
let leafList: usize = 0
export let pairs: usize = 0

// @ts-ignore: decorator
@inline
export function leaves(): Interner {
  return changetype<Interner>(LEAVES)
}

// @ts-ignore: decorator
@inline
export function nodes(): Interner {
  return changetype<Interner>(NODES)
}

/** Places working memory for groups of `group` slots from `at` on, and returns its end. */
export function layOutTree(at: usize, group: u32): usize {
  idBytes = max(16, cells << 3)
  baseIds = at
  at += align(idBytes)
  baseWords = at
  at += align(bytes)
  slotIds = at
  at += align(idBytes * group)
  pairs = at
  at += align(group * cells * offsetof<Pair>())
  leafList = at
  return at + align(group * cells * offsetof<Leaf>())
}

export function startTree(): bool {
  return startBoth(leaves(), nodes())
}

function startBoth(leaves: Interner, nodes: Interner): bool {
  return (
    start(leaves, LEAF_BITS, (LEAF_BYTES << LEAF_BITS) / PAGE, true) &&
    start(nodes, NODE_BITS, (8 << NODE_BITS) / PAGE, false)
  )
}

export function hasTreeRoom(slots: u32): bool {
  return hasRoom(leaves(), slots * cells) && hasRoom(nodes(), slots * cells)
}

export function reserveTrees(slots: u32): bool {
  return reserve(leaves(), slots * cells) && reserve(nodes(), slots * cells)
}

/** Uses the order in ORDER, in a store that is empty or was built in that order. */
export function useOrder(): void {
  if (cells == 1) return
  dealWords()
  swapOrders()
  base = NONE
}

/**
 * Uses the order in ORDER in a store built in another: builds all leaves and nodes anew. Ids of states stay the same.
 * Returns false, and leaves everything as it was, if there is no room to have both trees for a while.
 */
export function reorder(): bool {
  const count = countOf(states())
  const pages = ((count << 3) + PAGE - 1) / PAGE
  const roots = allocate(pages)
  if (roots == 0) return false
  dealWords()
  const built = startBoth(changetype<Interner>(NEW_LEAVES), changetype<Interner>(NEW_NODES)) && buildTrees(count, roots)
  if (built) {
    for (let id: u32 = 0; id < count; id++) store<u64>(keyPlace(id), load<u64>(roots + (<usize>id << 3)))
    rebuild(states())
    exchange(LEAVES, NEW_LEAVES)
    exchange(NODES, NEW_NODES)
    swapOrders()
    base = NONE
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
  const group = <u32>((pairs - slotIds) / idBytes)
  for (let first: u32 = 0; first < count; first += group) {
    const size = min(count - first, group)
    if (!reserve(leaves, size * cells) || !reserve(nodes, size * cells)) return false
    let end = leafList
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

/** Writes the node ids and the words of state `id` to `baseIds` and `baseWords`. */
export function setBase(id: u32): void {
  if (id == base) return
  base = id
  const root = load<u64>(keyPlace(id))
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
 * Interns the trees of the vectors of some slots, all but their roots: these it collects in `pairs`, in order, with the
 * place of the slot in `list` as target. Returns their end. A slot equal to its parent has no root there, but its id.
 */
export function treesOf(batch: usize, parents: usize, found: usize, list: usize, count: u32): usize {
  const known = countOf(states())
  let end = leafList
  let ids = slotIds
  for (let i: u32 = 0; i < count; i++, ids += idBytes) {
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
  end = internTrees(leaves(), nodes(), end)
  const shift = ctz(idBytes)
  for (let at = pairs; at < end; at += offsetof<Pair>()) {
    const pair = changetype<Pair>(at)
    const slot = load<u32>(list + (((pair.target - slotIds) >> shift) << 2))
    pair.target = found + (<usize>slot << 2)
  }
  return end
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

/** Interns what was collected in `leafList` and all nodes above. Collects the roots in `pairs`; returns their end. */
function internTrees(leaves: Interner, nodes: Interner, leafEnd: usize): usize {
  internLeaves(leaves, leafEnd)
  let end = lift(leafList, leafEnd, offsetof<Leaf>(), offsetof<Leaf>('target'))
  for (let level = cells >> 1; level > 1; level >>= 1) {
    internNodes(nodes, end)
    end = lift(pairs, end, offsetof<Pair>(), offsetof<Pair>('target'))
  }
  return end
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

function internLeaves(interner: Interner, end: usize): void {
  const mask = interner.mask
  const index = interner.index
  const directory = interner.directory
  for (let at = leafList; at < end; at += offsetof<Leaf>()) {
    const leaf = changetype<Leaf>(at)
    const id = intern(interner, index, mask, directory, LEAF_BITS, true, 0, at, leaf.hash)
    store<u32>(leaf.target, id & ~FRESH)
  }
}

function internNodes(interner: Interner, end: usize): void {
  const mask = interner.mask
  const index = interner.index
  const directory = interner.directory
  touch(index, mask, pairs, end)
  for (let at = pairs; at < end; at += offsetof<Pair>()) {
    const pair = changetype<Pair>(at)
    const id = intern(interner, index, mask, directory, NODE_BITS, false, pair.key, 0, pair.hash)
    store<u32>(pair.target, id & ~FRESH)
  }
}
