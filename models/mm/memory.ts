import { NONE } from 'foliocheck'
import { page_folio_held, pageAt } from '../machine/index.js'
import { Pfn, Slot, zoneDevice } from '../machine/state.js'
import { folio_put } from './swap.js'

/**
 * | kernel function    | steps                          | abstracted, and why that is sound                              |
 * |--------------------|--------------------------------|----------------------------------------------------------------|
 * | zap_nonpresent_ptes,| entry and rmap; folio_put     | Both stand for one entry of one folio. The page-table lock is   |
 * | zap_huge_pmd        |                               | not modelled: each place has a page table of its own here, and  |
 * |                     |                               | whoever frees under it takes no lock that another holds.        |
 */

/** munmap of one place: clears a device-private entry and drops its reference at once, under the page-table lock. */
export const zap_device_private = zoneDevice.operation(
  'zap_device_private',
  { source: 'mm/memory.c', params: { va: Slot }, locals: { folio: Pfn } },
  ({ step, when, call, ret }) => [
    step('entry = ptep_get_and_clear(); folio_remove_rmap()', (s, t) => {
      const slot = s.slots[t.va]
      if (slot.page === NONE) return
      t.folio = page_folio_held(s, slot.page)
      pageAt(s, t.folio).mapcount--
      slot.page = NONE
    }),
    when(t => t.folio === NONE, [ret()]),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
  ],
)
