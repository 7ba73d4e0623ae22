import { bool, expect, NONE } from 'foliocheck'
import { tableGoesSomewhere } from '../../../properties/page-table/collect.js'
import { Entry, mk_device_private, pmd_none } from '../../machine/page-table/entry.js'
import {
  add_mm_counter,
  alloc_device,
  can_mmap_read,
  folio_add_new_anon_rmap,
  folio_get,
  folio_unlock,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  pgtable_trans_huge_deposit,
  pmd_unlock,
  pmd_unlocked,
  set_pmd_at,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function                  | steps                                        | abstracted, and why that is sound        |
 * |----------------------------------|----------------------------------------------|------------------------------------------|
 * | migrate_vma_insert_huge_pmd_page | table; lock; stable?; none?; rmap and get;   | No huge zero page, no missing-mode uffd. |
 * |                                  | deposit; store; unlock; or give up           | That the OOM reaper has been here may    |
 * |                                  |                                              | be found at any time.                    |
 * | migrate_vma_populate             | mmap_lock; hole?; allocate; insert; finalize | A driver fills a hole of its address     |
 * |                                  |                                              | space with device memory.                |
 */

const spec = {
  source: 'mm/migrate_device.c',
  params: { va: Va, folio: Pfn },
  locals: { pgtable: bool(), ok: bool(), entry: Entry },
}
type InsertWords = Words<typeof spec.params, typeof spec.locals>

/** Which of the exits let go of what. */
interface Version {
  readonly unlocksUnstable: boolean
  readonly freesTable: boolean
}

/** From the allocation to the decision. */
function begin({ step, waitUntil, choose, when, goto }: InsertWords, { unlocksUnstable }: Version) {
  return [
    step('pgtable = pte_alloc_one(vma->vm_mm)', (_s, t) => {
      t.pgtable = true
    }),
    waitUntil(
      'ptl = pmd_lock(vma->vm_mm, pmdp)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => take_pmd_lock(s, t.va),
    ),
    choose('csa_ret = check_stable_address_space(vma->vm_mm)', [0, 1], (_s, t, unstable) => {
      t.ok = unstable === 0
    }),
    when(t => !t.ok, [goto(unlocksUnstable ? 'unlock_abort' : 'abort')]),
    step('if (!pmd_none(*pmdp))', (s, t) => {
      t.ok = pmd_none(s.vmas[t.va].pmd)
    }),
    when(t => !t.ok, [goto('unlock_abort')]),
  ]
}

function insert({ step, ret }: InsertWords) {
  return [
    step('folio_add_new_anon_rmap(folio, vma, addr, RMAP_EXCLUSIVE); folio_get(folio)', (s, t) => {
      add_mm_counter(s, t.va, N)
      folio_add_new_anon_rmap(s, t.folio, 0)
      folio_get(s, t.folio)
    }),
    step('pgtable_trans_huge_deposit(vma->vm_mm, pmdp, pgtable)', (s, t) => {
      pgtable_trans_huge_deposit(s, t.va)
      t.pgtable = false
    }),
    step('set_pmd_at(vma->vm_mm, addr, pmdp, entry)', (s, t) => {
      mk_device_private(t.entry, t.folio, s.vmas[t.va].write)
      set_pmd_at(s, t.va, t.entry)
    }),
    step('spin_unlock(ptl)', (s, t) => {
      pmd_unlock(s, t.va)
      expect(tableGoesSomewhere, !t.pgtable, 'the table is neither deposited nor freed')
    }),
    ret(),
  ]
}

function giveUp({ step, label }: InsertWords, { freesTable }: Version) {
  const free = step('pte_free(vma->vm_mm, pgtable)', (_s, t) => {
    t.pgtable = false
  })
  return [
    label('unlock_abort'),
    step('spin_unlock(ptl), unlock_abort', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    ...(freesTable ? [free] : []),
    label('abort'),
    step('src[i] &= ~MIGRATE_PFN_MIGRATE', (_s, t) => {
      expect(tableGoesSomewhere, !t.pgtable, 'the table is neither deposited nor freed')
    }),
  ]
}

function insertHuge(version: Version) {
  return pageTable.operation('migrate_vma_insert_huge_pmd_page', spec, words => [
    ...begin(words, version),
    ...insert(words),
    ...giveUp(words, version),
  ])
}

/** Mid-2026, with both fixes of S. Patel. */
export const migrate_vma_insert_huge_pmd_page = insertHuge({ unlocksUnstable: true, freesTable: true })

/** v6.19: who finds the address space unstable goes out with the lock; nobody frees the table. */
export const migrate_vma_insert_huge_pmd_page_v6_19 = insertHuge({ unlocksUnstable: false, freesTable: false })

/** v6.19 with the first of them. */
export const migrate_vma_insert_huge_pmd_page_unlocking = insertHuge({ unlocksUnstable: true, freesTable: false })

/** A driver fills the hole that the VMA is with a PMD-sized folio of its memory. */
export const migrate_vma_populate = pageTable.operation(
  'migrate_vma_populate',
  { source: 'mm/migrate_device.c', params: { va: Va }, locals: { hole: bool(), folio: Pfn } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => {
        mmap_read_lock(s, mmOf(t.va))
      },
    ),
    waitUntil(
      'migrate_vma_collect_huge_pmd(): pmd_none(*pmdp)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        t.hole = s.vmas[t.va].present && pmd_none(s.vmas[t.va].pmd)
        if (t.hole) t.folio = alloc_device(s, true)
      },
    ),
    when(t => t.folio === NONE, [goto('out')]),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    call('migrate_vma_insert_huge_pmd_page(migrate, addr, page, src, pmdp)', migrate_vma_insert_huge_pmd_page, {
      va: t => t.va,
      folio: t => t.folio,
    }),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    step('folio_unlock(dst)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(dst)', folio_put, { folio: t => t.folio }),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
