import { bit, demand, int, NONE, oneOf, record, type ValueOf } from 'foliocheck'
import { decodedByKind } from '../../../properties/page-table/decode.js'
import { Pfn } from './sizes.js'

/**
 * A page-table entry, PMD or PTE, with the bits of x86-64. An entry that is not present uses hardware bits for its own
 * purposes: swp-soft-dirty lies where _PAGE_RW is, swp-uffd where _PAGE_USER is, and the offset, stored inverted, covers
 * the places of _PAGE_SOFT_DIRTY and _PAGE_UFFD_WP, where a PMD-aligned frame number leaves ones. So an accessor for
 * present entries, applied to another, returns a specific wrong bit; the accessors here do the same.
 */
const fields = record(
  {
    /** `invalid` is a leaf after pmdp_invalidate: huge and present to software, not walkable by hardware. */
    kind: oneOf('none', 'table', 'present', 'invalid', 'migration', 'device', 'exclusive'),
    pfn: Pfn,
    /** The softleaf type: migration is one of the three, device-private `read` or `write`. */
    mode: oneOf('read', 'readExclusive', 'write'),
    bits: int(0, 63),
  },
  {
    /** Bit 1 of the word: write permission of a present entry, swp-soft-dirty of another. */
    rw: bit('bits', 0),
    /** Bit 2: swp-uffd of an entry that is not present; always set in present ones, and not stored there. */
    user: bit('bits', 1),
    dirty: bit('bits', 2),
    softDirty: bit('bits', 3),
    uffd: bit('bits', 4),
    protnone: bit('bits', 5),
  },
)

/** Shown in one word, as `device(p6 write sd)`. */
export const Entry = { ...fields, show: showEntry as (value: never) => string }

export type EntryState = ValueOf<typeof fields>
export type Kind = EntryState['kind']
export type Mode = EntryState['mode']

function showEntry(e: EntryState): string {
  if (e.kind === 'none' || e.kind === 'table') return e.kind
  const soft = is_softleaf(e)
  const words = [
    `p${e.pfn}`,
    soft ? (e.kind === 'exclusive' ? '' : e.mode) : e.rw ? 'write' : 'read',
    e.dirty ? 'dirty' : '',
    (soft ? e.rw : e.softDirty) ? 'soft-dirty' : '',
    (soft ? e.user : e.uffd) ? 'uffd' : '',
    e.protnone ? 'protnone' : '',
  ]
  return `${e.kind}(${words.filter(word => word !== '').join(' ')})`
}

export function copyEntry(to: EntryState, from: EntryState): void {
  to.kind = from.kind
  to.pfn = from.pfn
  to.mode = from.mode
  to.bits = from.bits
}

export function clearEntry(e: EntryState): void {
  e.kind = 'none'
  e.pfn = NONE
  e.mode = 'read'
  e.bits = 0
}

/** pmd_same, pte_same. */
export function sameEntry(a: EntryState, b: EntryState): boolean {
  return a.kind === b.kind && a.pfn === b.pfn && a.mode === b.mode && a.bits === b.bits
}

/* What an entry is. */

export function pmd_none(e: EntryState): boolean {
  return e.kind === 'none'
}

/** pmd_present, pte_present: true for an invalidated leaf too, since the leaf bit is kept. */
export function pmd_present(e: EntryState): boolean {
  return e.kind === 'present' || e.kind === 'invalid' || e.kind === 'table'
}

/** A present leaf, invalidated or not. */
export function pmd_trans_huge(e: EntryState): boolean {
  return e.kind === 'present' || e.kind === 'invalid'
}

export function pmd_is_migration_entry(e: EntryState): boolean {
  return e.kind === 'migration'
}

export function pmd_is_device_private_entry(e: EntryState): boolean {
  return e.kind === 'device'
}

/** Neither none nor present: what swap entries look like. */
export function is_softleaf(e: EntryState): boolean {
  return !pmd_none(e) && !pmd_present(e)
}

export function pmd_is_valid_softleaf(e: EntryState): boolean {
  return e.kind === 'migration' || e.kind === 'device'
}

/** A leaf, or any entry that is not none and not present: the kind is not looked at. */
export function pmd_is_huge(e: EntryState): boolean {
  return e.kind !== 'none' && e.kind !== 'table'
}

/* Bits, at the places where x86-64 has them. */

export function pmd_write(e: EntryState): boolean {
  return e.rw
}

export function pmd_soft_dirty(e: EntryState): boolean {
  return is_softleaf(e) || e.softDirty
}

export function pmd_uffd(e: EntryState): boolean {
  return is_softleaf(e) || e.uffd
}

export function pmd_dirty(e: EntryState): boolean {
  return !is_softleaf(e) && e.dirty
}

export function pmd_swp_soft_dirty(e: EntryState): boolean {
  return e.rw
}

export function pmd_swp_uffd(e: EntryState): boolean {
  return is_softleaf(e) ? e.user : pmd_present(e)
}

export function pmd_mkwrite(e: EntryState): void {
  e.rw = true
}

export function pmd_wrprotect(e: EntryState): void {
  e.rw = false
}

/** On an entry that is not present this sets a bit of the inverted offset that is set already. */
export function pmd_mksoft_dirty(e: EntryState): void {
  if (!is_softleaf(e)) e.softDirty = true
}

/** Sets soft-dirty as well, as x86 does. On an entry that is not present it sets bits that mean nothing there. */
export function pmd_mkdirty(e: EntryState): void {
  if (is_softleaf(e)) return
  e.dirty = true
  e.softDirty = true
}

/** Sets the marker and takes write permission away. */
export function pmd_mkuffd(e: EntryState): void {
  if (!is_softleaf(e)) e.uffd = true
  e.rw = false
}

export function pmd_clear_uffd(e: EntryState): void {
  e.uffd = false
}

export function pmd_swp_mksoft_dirty(e: EntryState): void {
  e.rw = true
}

export function pmd_swp_mkuffd(e: EntryState): void {
  e.user = true
}

export function pmd_swp_clear_uffd(e: EntryState): void {
  e.user = false
}

/* Building and decoding. */

/** A present leaf of a private anonymous VMA: vm_page_prot of such a VMA never allows writing. */
export function mk_present(e: EntryState, pfn: number): void {
  clearEntry(e)
  e.kind = 'present'
  e.pfn = pfn
}

export function mk_migration(e: EntryState, pfn: number, mode: Mode): void {
  clearEntry(e)
  e.kind = 'migration'
  e.pfn = pfn
  e.mode = mode
}

export function mk_device_private(e: EntryState, pfn: number, write: boolean): void {
  clearEntry(e)
  e.kind = 'device'
  e.pfn = pfn
  e.mode = write ? 'write' : 'read'
}

export function mk_device_exclusive(e: EntryState, pfn: number): void {
  clearEntry(e)
  e.kind = 'exclusive'
  e.pfn = pfn
}

/** pmd_pfn, pte_pfn: the frame of a present leaf. Any other entry yields a number that names no page, or a wrong one. */
export function pmd_pfn(e: EntryState): number {
  demand(decodedByKind, pmd_trans_huge(e), `pfn of a ${e.kind} entry by the accessor for present ones`)
  return e.pfn
}

/** softleaf_to_page: the frame of an entry that is not present. */
export function softleaf_to_pfn(e: EntryState): number {
  demand(decodedByKind, is_softleaf(e), `pfn of a ${e.kind} entry by the accessor for softleaf entries`)
  return e.pfn
}
