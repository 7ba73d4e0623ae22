// Which words belong to which leaf. The nodes of the tree are numbered as in a heap: the root is 1, below node i are 2i
// and 2i + 1, and the leaves are the nodes from `cells` on. So the ids of siblings lie side by side, as the key of the
// node above them. A vector of two words has no tree: it is itself the key of the state.

import { LEAF_BYTES } from './interner'
import { ORDER } from './pages'

export const WORDS_PER_LEAF: u32 = LEAF_BYTES / 4
const NO_WORD: u32 = 255

export let words: u32 = 0
/** Bytes of a vector. */
export let bytes: u32 = 0
/** Leaves of the tree. */
export let cells: u32 = 0

/** Per leaf: the offsets of its words in a vector (8 x u16). A leaf of fewer words repeats the first. */
export let places: usize = 0
/** Per word: its leaf (u8). */
let leafOf: usize = 0
/** Both for the order to come. */
export let newPlaces: usize = 0
let newLeafOf: usize = 0

export function setShape(wordsPerState: u32, hasTree: bool): void {
  words = wordsPerState
  bytes = words << 2
  cells = hasTree && words > 2 ? 2 : 1
  while (cells > 1 && cells * WORDS_PER_LEAF < words) cells <<= 1
}

// @ts-ignore: decorator
@inline
export function align(size: usize): usize {
  return (size + 127) & ~127
}

/** Places the tables from `at` on, and returns their end. */
export function layOutShape(at: usize): usize {
  leafOf = at
  at += align(words)
  newLeafOf = at
  at += align(words)
  places = at
  at += align(cells * WORDS_PER_LEAF * 2)
  newPlaces = at
  return at + align(cells * WORDS_PER_LEAF * 2)
}

/** Deals the words to the leaves as ORDER says: it has places for eight words per leaf, NO_WORD where there are fewer. */
export function dealWords(): void {
  for (let cell: u32 = 0; cell < cells; cell++) {
    const first = ORDER + cell * WORDS_PER_LEAF
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

/** From now on, the order dealt last is used. */
export function swapOrders(): void {
  const oldPlaces = places
  places = newPlaces
  newPlaces = oldPlaces
  const oldLeafOf = leafOf
  leafOf = newLeafOf
  newLeafOf = oldLeafOf
}

/** Copies a vector. The instruction for any number of bytes is a call, and slower for so few. */
// @ts-ignore: decorator
@inline
export function copyVector(to: usize, from: usize): void {
  const end = from + (bytes & ~15)
  for (; from < end; from += 16, to += 16) v128.store(to, v128.load(from))
  if (bytes & 8) store<u64>(to, load<u64>(from))
}

// @ts-ignore: decorator
@inline
export function allCells(): u32 {
  return <u32>((<u64>1 << cells) - 1)
}

/** One bit for each leaf in which two vectors differ. */
// @ts-ignore: decorator
@inline
export function differences(a: usize, b: usize): u32 {
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
