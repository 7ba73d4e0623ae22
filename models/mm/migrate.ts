import { bool, current, expect, int, NONE } from 'foliocheck'
import { migrationEntryLocked } from '../../properties/locks.js'
import { page_folio, pageAt } from '../machine/index.js'
import { PAGES, Pfn, Slot, zoneDevice } from '../machine/state.js'

/**
 * | kernel function      | steps                              | abstracted, and why that is sound                          |
 * |----------------------|------------------------------------|------------------------------------------------------------|
 * | migration_entry_wait | lock; entry; page_folio; locked?;  | The sleep: who waits holds nothing and touches nothing. The |
 * |                      | unlock                             | barrier between the two loads: memory is sequentially      |
 * |                      |                                    | consistent here, only the order of the stores is checked.  |
 */

/** A fault on the migration entry of page `i` of what was mapped at `va`. */
export const migration_entry_wait = zoneDevice.operation(
  'migration_entry_wait',
  {
    source: 'mm/migrate.c',
    params: { va: Slot, i: int(0, PAGES - 1) },
    locals: { page: Pfn, folio: Pfn, waits: bool() },
  },
  ({ step, waitUntil, when }) => [
    waitUntil(
      'pte_offset_map_lock(mm, pmd, addr, &ptl)',
      (s, t) => s.slots[t.va].ptl === NONE,
      (s, t) => {
        s.slots[t.va].ptl = current()
      },
    ),
    step('entry = softleaf_from_pte(ptep_get(ptep))', (s, t) => {
      const slot = s.slots[t.va]
      t.waits = slot.migration && slot.page !== NONE
      if (t.waits) t.page = slot.page + t.i
    }),
    when(
      t => t.waits,
      [
        step('folio = page_folio(softleaf_to_page(entry))', (s, t) => {
          t.folio = page_folio(s, t.page)
        }),
        step('VM_WARN_ON_ONCE(!folio_test_locked(folio))', (s, t) => {
          expect(migrationEntryLocked, pageAt(s, t.folio).locked, `p${t.folio} behind the entry of p${t.page}`)
        }),
      ],
    ),
    step('pte_unmap_unlock(ptep, ptl)', (s, t) => {
      s.slots[t.va].ptl = NONE
    }),
  ],
)
