import { current, expect, NONE } from 'foliocheck'
import { destinationFresh } from '../../../properties/eviction.js'
import {
  checkLocked,
  folio_get,
  folio_memcg,
  folio_unlock,
  page_folio_held,
  pageAt,
  set_memcg,
} from '../../machine/index.js'
import { Pfn, Slot, zoneDevice } from '../../machine/state.js'
import { folio_put } from '../swap.js'

/**
 * The destination's side of a migration to the device. Of the source, system memory, only its migration entry is there.
 *
 * | kernel function      | steps                              | abstracted, and why that is sound                          |
 * |----------------------|------------------------------------|------------------------------------------------------------|
 * | migrate_vma_setup    | one                                | Collecting and unmapping the source: no device page is     |
 * |                      |                                    | touched.                                                   |
 * | migrate_vma_pages    | mapping; memcg                     | The copy and the source's metadata: no other word of the   |
 * |                      |                                    | destination changes.                                       |
 * | migrate_vma_finalize | head; folio_get with entry and     | One entry per folio, PMD or PTE. It changes under the lock |
 * |                      | rmap; folio_unlock; folio_put      | of its table, see entries.ts.                              |
 */

/** Puts a migration entry of the source at `va`, unless a device page is mapped there: then there is nothing to do. */
export const migrate_vma_setup = zoneDevice.operation(
  'migrate_vma_setup',
  { source: 'mm/migrate_device.c', params: { va: Slot } },
  ({ step }) => [
    step('migrate_vma_collect(); migrate_vma_unmap()', (s, t) => {
      if (s.slots[t.va].page === NONE) s.slots[t.va].migration = true
    }),
  ],
)

/** Moves the source's mapping and charge to the folio of `page`. */
export const migrate_vma_pages = zoneDevice.operation(
  'migrate_vma_pages',
  { source: 'mm/migrate_device.c', params: { page: Pfn } },
  ({ step }) => [
    step('folio_migrate_mapping(mapping, dst, src, extra)', (s, t) => {
      const dst = page_folio_held(s, t.page)
      const { mapping, mapcount, locker } = pageAt(s, dst)
      expect(destinationFresh, locker === current(), `p${dst} is not locked by this thread`)
      expect(destinationFresh, mapcount === 0 && mapping !== 'anon', `p${dst} is somebody’s anonymous page`)
      s.pages[dst].mapping = 'anon'
    }),
    step('mem_cgroup_migrate(src, dst)', (s, t) => {
      const dst = page_folio_held(s, t.page)
      expect(destinationFresh, !folio_memcg(s, dst), `p${dst} is charged`)
      set_memcg(s, dst, true)
    }),
  ],
)

/** Maps the destination where the source's migration entry still is, unlocks it and drops the driver's reference. */
export const migrate_vma_finalize = zoneDevice.operation(
  'migrate_vma_finalize',
  { source: 'mm/migrate_device.c', params: { page: Pfn, va: Slot }, locals: { dst: Pfn } },
  ({ step, waitUntil, call }) => [
    step('dst = page_folio(migrate_pfn_to_page(dst_pfns[i]))', (s, t) => {
      t.dst = page_folio_held(s, t.page)
    }),
    waitUntil(
      'folio_get(dst); set_pte_at(entry of dst); folio_add_anon_rmap()',
      (s, t) => s.slots[t.va].ptl === NONE,
      (s, t) => {
        const slot = s.slots[t.va]
        if (slot.page !== NONE || !slot.migration) return
        const page = pageAt(s, t.dst)
        checkLocked(s, t.dst)
        folio_get(s, t.dst)
        slot.page = t.dst
        slot.migration = false
        page.mapcount++
        page.anonExclusive = true
      },
    ),
    step('folio_unlock(dst)', (s, t) => {
      folio_unlock(s, t.dst)
    }),
    call('folio_put(dst)', folio_put, { folio: t => t.dst }),
  ],
)

/** Finalize without a destination: the source's migration entry becomes an entry of the source again. */
export const migrate_vma_restore = zoneDevice.operation(
  'migrate_vma_restore',
  { source: 'mm/migrate_device.c', params: { va: Slot } },
  ({ step }) => [
    step('remove_migration_ptes(src, src, 0)', (s, t) => {
      const slot = s.slots[t.va]
      if (slot.page === NONE) slot.migration = false
    }),
  ],
)
