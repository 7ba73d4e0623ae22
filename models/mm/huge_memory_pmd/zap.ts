import { bool, demand, expect, int } from 'foliocheck'
import { kindAsserted } from '../../../properties/page-table/decode.js'
import { Entry, type EntryState } from '../../machine/page-table/entry.js'
import {
  add_mm_counter,
  folio_is_device_private,
  folio_remove_rmap_pmd,
  page_folio,
  pageAt,
  pgtable_trans_huge_withdraw,
  pmd_is_huge,
  pmd_is_migration_entry,
  pmd_is_valid_softleaf,
  pmd_pfn,
  pmd_present,
  pmd_unlock,
  pmd_unlocked,
  pmdp_huge_get_and_clear,
  softleaf_to_pfn,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { FRAMES, N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function | steps (Z1–Z10)                               | abstracted, and why that is sound                  |
 * |-----------------|----------------------------------------------|----------------------------------------------------|
 * | zap_huge_pmd    | lock; clear; classify; rmap; rss; put of a   | Anonymous VMAs without huge zero page, so every    |
 * |                 | device folio; deposit; unlock                | entry names a folio and has a deposit. The gather  |
 * |                 |                                              | is a set of pages that the caller frees after its  |
 * |                 |                                              | flush; a range in it is the whole VMA. It is not   |
 * |                 |                                              | empty, whatever kind of entry was cleared.         |
 */

/** Pages that a gather holds a reference to, one bit each, and CLEARED. */
export const Gather = int(0, 2 ** (FRAMES + 1) - 1)
/** tlb_remove_tlb_entry has been called: there is something to flush. */
export const CLEARED = 2 ** FRAMES
/** What zap_huge_pmd returns: the pages gathered, or that the PMD was no leaf. */
export const Zapped = int(-1, 2 ** (FRAMES + 1) - 1)
export const NOT_HUGE = -1

const spec = {
  source: 'mm/huge_memory.c',
  params: { va: Va },
  locals: { huge: bool(), old: Entry, folio: Pfn, present: bool(), device: bool(), deposit: bool() },
  returns: Zapped,
}
type ZapWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
type Locals = {
  va: number
  old: EntryState
  folio: number
  present: boolean
  device: boolean
  deposit: boolean
}

/** Z1 and Z2: from here the PMD is none for everybody. */
function lockAndClear({ waitUntil, when, step, ret }: ZapWords) {
  return [
    waitUntil(
      'ptl = __pmd_trans_huge_lock(pmd, vma)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        t.huge = pmd_is_huge(s.vmas[t.va].pmd)
        if (!t.huge) pmd_unlock(s, t.va)
      },
    ),
    when(t => !t.huge, [ret(() => NOT_HUGE)]),
    step('orig_pmd = pmdp_huge_get_and_clear_full(vma, addr, pmd, tlb->fullmm)', (s, t) => {
      pmdp_huge_get_and_clear(s, t.va, t.old)
    }),
  ]
}

/** Z4: the folio of a present leaf, or of a migration or device-private entry. */
function classify(s: State, t: Locals): void {
  t.present = pmd_present(t.old)
  expect(kindAsserted, t.present || pmd_is_valid_softleaf(t.old), `zap of a ${t.old.kind} PMD`)
  t.folio = page_folio(s, t.present ? pmd_pfn(t.old) : softleaf_to_pfn(t.old))
  t.device = folio_is_device_private(t.folio)
  t.deposit = pageAt(s, t.folio).anon
}

function removeRmap(s: State, t: Locals): void {
  folio_remove_rmap_pmd(s, t.folio)
}

function uncount(s: State, t: Locals): void {
  if (pageAt(s, t.folio).anon) add_mm_counter(s, t.va, -N)
}

function withdraw({ step, when }: ZapWords) {
  return when(
    t => t.deposit,
    [
      step('zap_deposited_table(mm, pmd)', (s, t) => {
        pgtable_trans_huge_withdraw(s, t.va)
      }),
    ],
  )
}

function putDevice({ when, call }: ZapWords) {
  return when(t => t.device, [call('folio_put(folio)', folio_put, { folio: t => t.folio })])
}

/** Z9 and Z10: the reference of a present leaf stays with the gather. */
function unlockAndGather({ step, ret }: ZapWords) {
  return [
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    ret(t => CLEARED | (t.present ? 1 << t.folio : 0)),
  ]
}

/** v7.3: refactored, and still keyed on the type of the folio where the entry may be a migration entry. */
export const zap_huge_pmd = pageTable.operation('zap_huge_pmd', spec, words => [
  ...lockAndClear(words),
  words.step('folio = normal_or_softleaf_folio_pmd(vma, addr, orig_pmd, is_present)', classify),
  words.step('is_device_private = folio_is_device_private(folio)', (_s, t) => {
    t.device = folio_is_device_private(t.folio)
  }),
  words.when(t => t.present || t.device, [words.step('folio_remove_rmap_pmd(folio, &folio->page, vma)', removeRmap)]),
  words.step('add_mm_counter(mm, MM_ANONPAGES, -HPAGE_PMD_NR)', uncount),
  putDevice(words),
  withdraw(words),
  ...unlockAndGather(words),
])

/** v1 and v6.19: the same in one function; the device folio's part comes last. */
export const zap_huge_pmd_v6_19 = pageTable.operation('zap_huge_pmd', spec, words => [
  ...lockAndClear(words),
  words.step('folio = softleaf_to_folio(softleaf_from_pmd(orig_pmd))', classify),
  words.when(t => t.present, [words.step('folio_remove_rmap_pmd(folio, page, vma)', removeRmap)]),
  withdraw(words),
  words.step('add_mm_counter(tlb->mm, MM_ANONPAGES, -HPAGE_PMD_NR)', uncount),
  words.when(t => t.device, [words.step('folio_remove_rmap_pmd(folio, &folio->page, vma)', removeRmap)]),
  putDevice(words),
  ...unlockAndGather(words),
])

/** RFC: asserts on the PMD that it has just cleared. */
export const zap_huge_pmd_RFC = pageTable.operation('zap_huge_pmd', spec, words => [
  ...lockAndClear(words),
  words.step('folio = pfn_swap_entry_folio(pmd_to_swp_entry(orig_pmd))', classify),
  words.when(t => t.present, [words.step('folio_remove_rmap_pmd(folio, page, vma)', removeRmap)]),
  words.when(
    t => !t.present,
    [
      words.step('VM_BUG_ON(!is_pmd_migration_entry(*pmd) && !folio_is_device_private(folio))', (s, t) => {
        const { pmd } = s.vmas[t.va]
        const fits = pmd_is_migration_entry(pmd) || folio_is_device_private(t.folio)
        demand(kindAsserted, fits, `VM_BUG_ON: *pmd is ${pmd.kind}, the entry taken out of it was ${t.old.kind}`)
      }),
      words.when(t => t.device, [words.step('folio_remove_rmap_pmd(folio, folio_page(folio, 0), vma)', removeRmap)]),
    ],
  ),
  withdraw(words),
  words.step('add_mm_counter(tlb->mm, MM_ANONPAGES, -HPAGE_PMD_NR)', uncount),
  putDevice(words),
  ...unlockAndGather(words),
])

/** v6.14: only present and migration entries exist at this level. */
export const zap_huge_pmd_v6_14 = pageTable.operation('zap_huge_pmd', spec, words => [
  ...lockAndClear(words),
  words.step('folio = pfn_swap_entry_folio(pmd_to_swp_entry(orig_pmd))', (s, t) => {
    demand(kindAsserted, pmd_present(t.old) || pmd_is_migration_entry(t.old), `VM_BUG_ON: ${t.old.kind} PMD`)
    classify(s, t)
  }),
  words.when(t => t.present, [words.step('folio_remove_rmap_pmd(folio, page, vma)', removeRmap)]),
  withdraw(words),
  words.step('add_mm_counter(tlb->mm, MM_ANONPAGES, -HPAGE_PMD_NR)', uncount),
  ...unlockAndGather(words),
])
