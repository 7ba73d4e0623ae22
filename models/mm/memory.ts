import { NONE } from 'foliocheck'
import { page_folio_held, pageAt } from '../machine/index.js'
import { Pfn, Slot, zoneDevice } from '../machine/state.js'
import { folio_put } from './swap.js'

/**
 * | kernel function      | steps                           | abstracted, and why that is sound                             |
 * |----------------------|---------------------------------|---------------------------------------------------------------|
 * | zap_nonpresent_ptes, | entry and rmap; folio_put       | Both clear one entry of one folio. The table's lock is given   |
 * | zap_huge_pmd         |                                 | up before the put: whoever frees under it takes no other lock  |
 * |                      |                                 | that its holders want, and nothing but the entry is behind it. |
 */

/** munmap of one place: clears the entry and drops the reference of a device-private one at once. */
export const zap_nonpresent_ptes = zoneDevice.operation(
  'zap_nonpresent_ptes',
  { source: 'mm/memory.c', params: { va: Slot }, locals: { folio: Pfn } },
  ({ waitUntil, when, call, ret }) => [
    waitUntil(
      'clear entry; folio_remove_rmap_pte(folio)',
      (s, t) => s.slots[t.va].ptl === NONE,
      (s, t) => {
        const slot = s.slots[t.va]
        if (slot.page !== NONE && !slot.migration) {
          t.folio = page_folio_held(s, slot.page)
          pageAt(s, t.folio).mapcount--
        }
        slot.page = NONE
        slot.migration = false
      },
    ),
    when(t => t.folio === NONE, [ret()]),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
  ],
)
