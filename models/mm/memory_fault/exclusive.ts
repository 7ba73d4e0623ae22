import { bool, NONE } from 'foliocheck'
import { Entry, mk_present } from '../../machine/page-table/entry.js'
import { EntryValue, isValue, pfnOf } from '../../machine/page-table/entry-value.js'
import {
  folio_add_anon_rmap_pte,
  folio_try_get,
  folio_unlock,
  folio_unlocked,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  pageAt,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
  take_folio_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function               | steps (X1–X5)                             | abstracted, and why that is sound               |
 * |-------------------------------|-------------------------------------------|-------------------------------------------------|
 * | remove_device_exclusive_entry | try_get; folio lock; notifier; lock and   | mmap_lock is not dropped while sleeping for the |
 * |                               | compare; restore; unlock; put             | folio lock: who could take it is not stopped by |
 * |                               |                                           | a reader either.                                |
 */

interface Restore {
  readonly va: number
  readonly index: number
  readonly page: number
  readonly entry: Parameters<typeof mk_present>[0]
}

/** X4. */
function restore(s: State, t: Restore): void {
  const old = s.vmas[t.va].ptes[t.index]
  mk_present(t.entry, t.page)
  t.entry.softDirty = old.rw
  t.entry.uffd = old.user
  t.entry.rw = s.vmas[t.va].write && pageAt(s, t.page).ae && !t.entry.uffd
  set_pte_at(s, t.va, t.index, t.entry)
}

const spec = {
  source: 'mm/memory.c',
  params: { va: Va, index: Index, orig: EntryValue },
  locals: { folio: Pfn, page: Pfn, got: bool(), table: bool(), entry: Entry },
}
type ExclusiveWords = Words<typeof spec.params, typeof spec.locals>

/** X1 and X2. */
function lockFolio({ step, waitUntil, when, ret }: ExclusiveWords) {
  return [
    step('folio_try_get(folio)', (s, t) => {
      t.page = pfnOf(t.orig)
      t.folio = s.pages[t.page].head
      t.got = t.folio !== NONE && folio_try_get(s, t.folio)
    }),
    when(t => !t.got, [ret()]),
    waitUntil(
      'folio_lock_or_retry(folio, vmf)',
      (s, t) => folio_unlocked(s, t.folio),
      (s, t) => {
        may_sleep(s)
        take_folio_lock(s, t.folio)
      },
    ),
  ]
}

/** X3 to X5. */
function restoreUnderLock(words: ExclusiveWords, run: (s: State, t: Restore & { folio: number }) => void) {
  const { step, waitUntil, when, call } = words
  return [
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    waitUntil(
      'vmf->pte = pte_offset_map_lock(vma->vm_mm, vmf->pmd, vmf->address, &vmf->ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
      },
    ),
    when(
      t => t.table,
      [
        step('restore_exclusive_pte(vma, folio, vmf->page, vmf->address, vmf->pte, orig_pte)', (s, t) => {
          if (isValue(s.vmas[t.va].ptes[t.index], t.orig)) run(s, t)
        }),
        step('pte_unmap_unlock(vmf->pte, vmf->ptl)', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
      ],
    ),
    step('folio_unlock(folio)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
  ]
}

/** A CPU access to a page that a device has for itself. */
export const remove_device_exclusive_entry = pageTable.operation('remove_device_exclusive_entry', spec, words => [
  ...lockFolio(words),
  ...restoreUnderLock(words, restore),
])

/** Until v6.14 the entry had left the mapcounts, and comes back to them here. */
export const remove_device_exclusive_entry_v6_14 = pageTable.operation('remove_device_exclusive_entry', spec, words => [
  ...lockFolio(words),
  ...restoreUnderLock(words, (s, t) => {
    folio_add_anon_rmap_pte(s, t.folio, t.page, s.pages[t.page].ae)
    restore(s, t)
  }),
])
