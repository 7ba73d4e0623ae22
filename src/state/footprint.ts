/** Bits of a word of a set of cells. */
const BITS = 32

/**
 * Which cells of a vector were read and written since it was last cleared. A cell is a scalar field, named by the byte
 * at which it begins; a set of cells has one bit per byte of the vector.
 */
export class Footprint {
  readonly reads: Int32Array
  readonly writes: Int32Array

  /** @param bytes of the vector. */
  constructor(readonly bytes: number) {
    const words = Math.ceil(bytes / BITS)
    this.reads = new Int32Array(words)
    this.writes = new Int32Array(words)
  }

  clear(): void {
    const { reads, writes } = this
    for (let i = 0; i < reads.length; i++) reads[i] = writes[i] = 0
  }

  read(cell: number): void {
    this.reads[cell >> 5] |= 1 << (cell & 31)
  }

  write(cell: number): void {
    this.writes[cell >> 5] |= 1 << (cell & 31)
  }
}

/** The cells in a set, in ascending order. */
export function cellsIn(set: Int32Array): number[] {
  const cells: number[] = []
  set.forEach((word, i) => {
    for (let bit = 0; bit < BITS; bit++) if ((word >>> bit) & 1) cells.push(i * BITS + bit)
  })
  return cells
}

export function isEmpty(set: Int32Array): boolean {
  for (let i = 0; i < set.length; i++) if (set[i] !== 0) return false
  return true
}

/** Whether two sets have a cell in common. */
export function meet(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if ((a[i] & b[i]) !== 0) return true
  return false
}

/** Adds the cells of one set to another; whether that added any. */
export function include(into: Int32Array, from: Int32Array): boolean {
  let grew = false
  for (let i = 0; i < from.length; i++) {
    const joined = into[i] | from[i]
    if (joined !== into[i]) {
      into[i] = joined
      grew = true
    }
  }
  return grew
}

/** The set of the images of cells. */
export function imageOf(set: Int32Array, images: Int32Array): Int32Array {
  const image = new Int32Array(set.length)
  for (const cell of cellsIn(set)) image[images[cell] >> 5] |= 1 << (images[cell] & 31)
  return image
}
