import { int, NONE } from 'foliocheck'
import type { EntryState, Kind, Mode } from './entry.js'

/** An entry as one number: what an operation passes on, or compares with later, as the kernel does with `orig_pmd`. */

const KINDS: readonly Kind[] = ['none', 'table', 'present', 'invalid', 'migration', 'device', 'exclusive']
const MODES: readonly Mode[] = ['read', 'readExclusive', 'write']

export const EntryValue = int(0, 0xffff)

/** The value of an entry; 0 is none. */
export function wordOf(e: EntryState): number {
  return KINDS.indexOf(e.kind) | ((e.pfn + 1) << 3) | (MODES.indexOf(e.mode) << 7) | (e.bits << 9)
}

export function kindOf(value: number): Kind {
  return KINDS[value & 7]
}

/** The frame of the value, NONE where there is none. Says nothing about whether the caller may ask. */
export function pfnOf(value: number): number {
  return ((value >> 3) & 15) + NONE
}

/** Whether a present value allows writing. */
export function writesOf(value: number): boolean {
  return (value & (1 << 9)) !== 0
}

/** Whether a present value has the uffd marker. */
export function uffdOf(value: number): boolean {
  return (value & (1 << 13)) !== 0
}

export function protnoneOf(value: number): boolean {
  return (value & (1 << 14)) !== 0
}

/** pmd_same, pte_same. */
export function isValue(e: EntryState, value: number): boolean {
  return wordOf(e) === value
}
