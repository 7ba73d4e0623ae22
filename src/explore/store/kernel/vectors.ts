// With fingerprints: the vectors of states that were not read yet, in chunks.

import { chunkOf, within } from './interner'
import { allocate, PAGE, VECTORS } from './pages'

const BITS: u32 = 12
/** Pages of the directory of chunks: enough for all ids that 4 GiB can hold. */
const DIRECTORY_PAGES: u32 = 4

@unmanaged
class Vectors {
  directory: usize
  /** Ids for which there are chunks. */
  room: u32
  /** Chunks given up. */
  read: u32
  /** Chunks given up and not in use again, linked by their first words. */
  free: usize
}

// @ts-ignore: decorator
@inline
function vectors(): Vectors {
  return changetype<Vectors>(VECTORS)
}

export function startVectors(): bool {
  vectors().directory = allocate(DIRECTORY_PAGES)
  return vectors().directory != 0
}

// @ts-ignore: decorator
@inline
export function vectorAt(id: u32, bytes: u32): usize {
  return chunkOf(vectors().directory, id, BITS) + within(id, BITS) * bytes
}

export function hasVectorRoom(wanted: u32): bool {
  return wanted <= vectors().room
}

/** Makes room for the vectors of states 0..wanted-1. Returns whether there is. */
export function reserveVectors(wanted: u32, bytes: u32): bool {
  while (wanted > vectors().room) {
    let chunk = vectors().free
    if (chunk != 0) {
      vectors().free = load<u32>(chunk)
    } else {
      chunk = allocate(((bytes << BITS) + PAGE - 1) / PAGE)
      if (chunk == 0) return false
    }
    store<u32>(vectors().directory + ((vectors().room >> BITS) << 2), <u32>chunk)
    vectors().room += 1 << BITS
  }
  return true
}

/** Gives up the vectors of states before `id`. */
export function releaseVectors(id: u32): void {
  for (; vectors().read < id >> BITS; vectors().read++) {
    const chunk = load<u32>(vectors().directory + (vectors().read << 2))
    store<u32>(chunk, <u32>vectors().free)
    vectors().free = chunk
  }
}
