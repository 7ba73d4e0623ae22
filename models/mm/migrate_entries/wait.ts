import { bool } from 'foliocheck'
import { waitOnLocked } from '../../../properties/page-table/migration.js'
import {
  folio_unlocked,
  page_folio,
  pmd_is_migration_entry,
  pmd_unlock,
  pmd_unlocked,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  softleaf_to_pfn,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'

/**
 * | kernel function               | steps (K1–K4)                         | abstracted, and why that is sound                   |
 * |-------------------------------|---------------------------------------|-----------------------------------------------------|
 * | pmd_migration_entry_wait      | lock and look; unlock; sleep          | The wait queue: who sleeps may go on as soon as the |
 * | migration_entry_wait          |                                       | folio is unlocked or free. That a waiter runs only  |
 * | softleaf_entry_wait_on_locked |                                       | after the lock was taken again adds nothing: going  |
 * |                               |                                       | on touches no shared state.                         |
 */

/** The waiter's claim on the folio, whose lock it queues for without a reference. */
function queue(s: State, page: number): number {
  const folio = page_folio(s, page)
  waitOnLocked(s, folio)
  return folio
}

/** Sleeps while the PMD's folio migrates. */
export const pmd_migration_entry_wait = pageTable.operation(
  'pmd_migration_entry_wait',
  { source: 'mm/migrate.c', params: { va: Va }, locals: { folio: Pfn, wait: bool() } },
  ({ step, waitUntil, when }) => [
    waitUntil(
      'ptl = pmd_lock(mm, pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        const { pmd } = s.vmas[t.va]
        t.wait = pmd_is_migration_entry(pmd)
        if (t.wait) t.folio = queue(s, softleaf_to_pfn(pmd))
        else pmd_unlock(s, t.va)
      },
    ),
    when(
      t => t.wait,
      [
        step('spin_unlock(ptl)', (s, t) => {
          pmd_unlock(s, t.va)
          may_sleep(s)
        }),
        waitUntil('softleaf_entry_wait_on_locked(entry, ptl)', (s, t) => folio_unlocked(s, t.folio)),
      ],
    ),
  ],
)

/** Sleeps while the PTE's folio migrates, or while a device-private folio is locked. */
export const migration_entry_wait = pageTable.operation(
  'migration_entry_wait',
  { source: 'mm/migrate.c', params: { va: Va, index: Index }, locals: { folio: Pfn, wait: bool() } },
  ({ step, waitUntil, when }) => [
    waitUntil(
      'ptep = pte_offset_map_lock(mm, pmd, address, &ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        if (!pte_offset_map_lock(s, t.va)) return
        const pte = s.vmas[t.va].ptes[t.index]
        t.wait = pmd_is_migration_entry(pte)
        if (t.wait) t.folio = queue(s, softleaf_to_pfn(pte))
        else pte_unmap_unlock(s, t.va)
      },
    ),
    when(
      t => t.wait,
      [
        step('spin_unlock(ptl)', (s, t) => {
          pte_unmap_unlock(s, t.va)
          may_sleep(s)
        }),
        waitUntil('softleaf_entry_wait_on_locked(entry, ptl)', (s, t) => folio_unlocked(s, t.folio)),
      ],
    ),
  ],
)
