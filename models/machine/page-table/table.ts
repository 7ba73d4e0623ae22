import { current, expect } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { depositSane, rssSane } from '../../../properties/page-table/ledger.js'
import { changedUnderLock, insideNotifier } from '../../../properties/page-table/locks.js'
import { splitKeeps } from '../../../properties/page-table/split.js'
import { clearEntry, copyEntry, type EntryState, is_softleaf } from './entry.js'
import { transfer } from './ledger.js'
import { mmOf, N } from './sizes.js'
import type { State } from './state.js'
import { flush_tlb_page, flush_tlb_range } from './tlb.js'

/** Page tables: loads and stores of entries, deposited tables and counters. Each call is part of one step. */

/** Whether `to` takes away what `from` let the CPU or the device do. */
function weakens(from: EntryState, to: EntryState): boolean {
  if (from.kind === 'device')
    return to.kind !== 'device' || to.pfn !== from.pfn || (from.mode === 'write' && to.mode !== 'write')
  if (from.kind !== 'present' || from.protnone) return false
  return to.kind !== 'present' || to.pfn !== from.pfn || to.protnone || (from.rw && !to.rw)
}

function store(s: State, va: number, at: EntryState, value: EntryState, lock: number): void {
  expect(changedUnderLock, lock === current(), `an entry of va${va} is changed without the lock of its table`)
  expect(
    insideNotifier,
    !weakens(at, value) || s.vmas[va].notifier > 0,
    `${at.kind} entry of va${va} becomes ${value.kind}`,
  )
  transfer(s, at, 1)
  transfer(s, value, -1)
  copyEntry(at, value)
}

/* PMDs. */

/** set_pmd_at. */
export function set_pmd_at(s: State, va: number, value: EntryState): void {
  store(s, va, s.vmas[va].pmd, value, s.vmas[va].pmdLock)
}

/** pmdp_huge_get_and_clear: no flush. */
export function pmdp_huge_get_and_clear(s: State, va: number, old: EntryState): void {
  const { pmd, pmdLock, notifier } = s.vmas[va]
  copyEntry(old, pmd)
  expect(changedUnderLock, pmdLock === current(), `the PMD of va${va} is cleared without its lock`)
  expect(insideNotifier, !(pmd.kind === 'present' || pmd.kind === 'device') || notifier > 0, `va${va} is cleared`)
  transfer(s, pmd, 1)
  clearEntry(pmd)
}

/** pmdp_huge_clear_flush. */
export function pmdp_huge_clear_flush(s: State, va: number, old: EntryState): void {
  pmdp_huge_get_and_clear(s, va, old)
  flush_tlb_range(s, va)
}

/** pmdp_invalidate: to software still a huge present leaf, to hardware nothing; flushes. */
export function pmdp_invalidate(s: State, va: number, old: EntryState): void {
  const { pmd, pmdLock, notifier } = s.vmas[va]
  expect(noWarning, pmd.kind === 'present', `pmdp_invalidate of a ${pmd.kind} PMD`)
  expect(changedUnderLock, pmdLock === current(), `the PMD of va${va} is invalidated without its lock`)
  expect(insideNotifier, notifier > 0, `va${va} is invalidated`)
  copyEntry(old, pmd)
  if (pmd.kind === 'present') pmd.kind = 'invalid'
  flush_tlb_range(s, va)
}

/** pmdp_invalidate_ad, as x86 does it: without the flush. */
export function pmdp_invalidate_ad(s: State, va: number, old: EntryState): void {
  const { pmd, pmdLock } = s.vmas[va]
  expect(changedUnderLock, pmdLock === current(), `the PMD of va${va} is invalidated without its lock`)
  copyEntry(old, pmd)
  if (pmd.kind === 'present') pmd.kind = 'invalid'
}

/** What must be true of the PTE that takes the place of page `i` of a leaf. */
function checkPiece(pmd: EntryState, pte: EntryState, i: number): void {
  const kind = pmd.kind === 'invalid' ? 'present' : pmd.kind
  expect(splitKeeps, pte.pfn === pmd.pfn + i, `PTE ${i} names p${pte.pfn}`)
  expect(splitKeeps, pte.kind === kind || pte.kind === 'migration', `a ${pmd.kind} PMD becomes ${pte.kind} PTEs`)
  const write = is_softleaf(pmd) ? pmd.mode === 'write' : pmd.rw
  const writePte = is_softleaf(pte) ? pte.mode === 'write' : pte.rw
  expect(splitKeeps, write === writePte, write ? 'the PTEs have lost write permission' : 'the PTEs allow writing')
}

/** pmd_populate over a leaf: the table that was filled becomes visible, and its entries count from here. */
export function pmd_populate(s: State, va: number): void {
  const { pmd, ptes, pmdLock } = s.vmas[va]
  expect(changedUnderLock, pmdLock === current(), `the PMD of va${va} is populated without its lock`)
  transfer(s, pmd, 1)
  for (let i = 0; i < N; i++) {
    checkPiece(pmd, ptes[i], i)
    transfer(s, ptes[i], -1)
  }
  clearEntry(pmd)
  pmd.kind = 'table'
}

/* PTEs. */

/** set_pte_at. */
export function set_pte_at(s: State, va: number, index: number, value: EntryState): void {
  store(s, va, s.vmas[va].ptes[index], value, s.vmas[va].pteLock)
}

/** ptep_get_and_clear: no flush. */
export function ptep_get_and_clear(s: State, va: number, index: number, old: EntryState): void {
  const pte = s.vmas[va].ptes[index]
  const { pteLock, notifier } = s.vmas[va]
  copyEntry(old, pte)
  expect(changedUnderLock, pteLock === current(), `a PTE of va${va} is cleared without its lock`)
  expect(insideNotifier, !(pte.kind === 'present' || pte.kind === 'device') || notifier > 0, `va${va} is cleared`)
  transfer(s, pte, 1)
  clearEntry(pte)
}

/** ptep_clear_flush. */
export function ptep_clear_flush(s: State, va: number, index: number, old: EntryState): void {
  ptep_get_and_clear(s, va, index, old)
  flush_tlb_page(s, va, index)
}

/* What hangs on a table. */

/** pgtable_trans_huge_deposit. */
export function pgtable_trans_huge_deposit(s: State, va: number): void {
  s.vmas[va].deposited++
}

/** pgtable_trans_huge_withdraw: there must be one, or the list is followed into nowhere. */
export function pgtable_trans_huge_withdraw(s: State, va: number): void {
  expect(depositSane, s.vmas[va].deposited > 0, `no page table is deposited with the PMD of va${va}`)
  if (s.vmas[va].deposited > 0) s.vmas[va].deposited--
}

/** add_mm_counter(mm, MM_ANONPAGES, nr). */
export function add_mm_counter(s: State, va: number, nr: number): void {
  const mm = s.mms[mmOf(va)]
  expect(rssSane, mm.rss + nr >= 0, `MM_ANONPAGES of mm${mmOf(va)} is ${mm.rss}, ${nr} is added`)
  mm.rss = Math.max(0, mm.rss + nr)
}

/** mmu_notifier_invalidate_range_start; may sleep. */
export function mmu_notifier_invalidate_range_start(s: State, va: number): void {
  s.vmas[va].notifier++
}

export function mmu_notifier_invalidate_range_end(s: State, va: number): void {
  s.vmas[va].notifier--
}

/** pmd_clear_bad: what stands in the PMD is thrown away with an error message. */
export function pmd_clear_bad(s: State, va: number): void {
  const { pmd, pmdLock } = s.vmas[va]
  expect(changedUnderLock, pmdLock === current(), `the PMD of va${va} is wiped without its lock`)
  expect(noWarning, false, `pmd_ERROR: bad pmd, the ${pmd.kind} entry of va${va} is wiped`)
  transfer(s, pmd, 1)
  clearEntry(pmd)
}

/** free_pgd_range of an unmapped VMA: the page table goes. A PMD that is none of both is thrown away as bad. */
export function free_page_tables(s: State, va: number): void {
  const { pmd, ptes } = s.vmas[va]
  if (pmd.kind === 'table' && ptes.every(pte => pte.kind === 'none')) pmd.kind = 'none'
  else if (pmd.kind !== 'none' && pmd.kind !== 'table') pmd_clear_bad(s, va)
}
