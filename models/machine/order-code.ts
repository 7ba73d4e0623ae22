import { PMD_ORDER } from './state.js'

/**
 * The byte that page 1 holds for an order. HPAGE_PMD_ORDER is 9 on x86, binary 00001001; the scaled PMD order is stored
 * as that 9, so that it reads as PG_locked and PG_uptodate in a stand-alone page, as it does in the kernel.
 */
const CODES = [0, 1, 9]

/** The byte for an order. */
export function codeOfOrder(order: number): number {
  return CODES[order]
}

/** The byte for a folio of `nr` pages. */
export function orderByteOf(nr: number): number {
  return CODES[Math.log2(nr)]
}

/** The order that a byte stands for; undefined when no order is stored so. */
export function orderOfCode(byte: number): number | undefined {
  const order = CODES.indexOf(byte)
  return order >= 0 && order <= PMD_ORDER ? order : undefined
}
