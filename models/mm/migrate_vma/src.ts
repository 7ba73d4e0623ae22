import { expect, int, NONE } from 'foliocheck'
import { slotOfAddress } from '../../../properties/page-table/collect.js'
import { N } from '../../machine/page-table/sizes.js'

/** The array src[] of a migration over one page table, as one number: what a collect hands on. */

const BITS = 4

export const Src = int(0, (1 << (BITS * N)) - 1)

/** The page in slot `i`, NONE where there is none. */
export function migrate_pfn_to_page(src: number, i: number): number {
  return ((src >> (BITS * i)) & ((1 << BITS) - 1)) + NONE
}

/** src[npages] = page, for the page at `index` of the table. What is stored behind the array's end is lost. */
export function storeSlot(t: { src: number; npages: number }, page: number, index: number): void {
  const { npages } = t
  expect(slotOfAddress, npages === index, `page ${index} of the range is stored in src[${npages}], of ${N} slots`)
  if (npages < N) t.src |= (page - NONE) << (BITS * npages)
  t.npages = Math.min(npages + 1, 2 * N)
}
