import { folio_get, folio_unlock, page_folio_held, pageAt } from '../machine/index.js'
import { Pfn, Slot, zoneDevice } from '../machine/state.js'
import { folio_put } from './swap.js'

/**
 * The destination's side of a migration to the device; the source is system memory, of which nothing is modelled.
 *
 * | kernel function           | steps                                | abstracted, and why that is sound                    |
 * |---------------------------|--------------------------------------|------------------------------------------------------|
 * | __migrate_device_pages    | dst->mapping                         | The copy and the source's metadata: no page word of  |
 * |                           |                                      | the destination but its mapping changes.             |
 * | remove_migration_pte      | folio_get(dst); entry and rmap       | One entry per folio, PMD or PTE. Entry, map count    |
 * |                           |                                      | and AnonExclusive change under one page-table lock.  |
 * | __migrate_device_finalize | the above, folio_unlock, folio_put   | –                                                    |
 */

/** Moves the source's mapping word to `page`. */
export const __migrate_device_pages = zoneDevice.operation(
  '__migrate_device_pages',
  { source: 'mm/migrate_device.c', params: { page: Pfn } },
  ({ step }) => [
    step('folio_migrate_mapping(mapping, dst, src, extra)', (s, t) => {
      pageAt(s, page_folio_held(s, t.page)).mapping = 'anon'
    }),
  ],
)

/** Replaces the migration entry at `va` by a device-private entry of `dst`. */
export const remove_migration_pte = zoneDevice.operation(
  'remove_migration_pte',
  { source: 'mm/migrate.c', params: { dst: Pfn, va: Slot } },
  ({ step }) => [
    step('folio_get(dst)', (s, t) => {
      folio_get(s, t.dst)
    }),
    step('set_pte_at(device-private entry of dst)', (s, t) => {
      const page = pageAt(s, t.dst)
      page.mapcount++
      page.anonExclusive = true
      s.slots[t.va].page = t.dst
    }),
  ],
)

/** Maps the destination `page` at `va`, unlocks it and drops the driver's reference. */
export const __migrate_device_finalize = zoneDevice.operation(
  '__migrate_device_finalize',
  { source: 'mm/migrate_device.c', params: { page: Pfn, va: Slot }, locals: { dst: Pfn } },
  ({ step, call }) => [
    step('dst = page_folio(migrate_pfn_to_page(dst_pfns[i]))', (s, t) => {
      t.dst = page_folio_held(s, t.page)
    }),
    call('remove_migration_ptes(src, dst, 0)', remove_migration_pte, { dst: t => t.dst, va: t => t.va }),
    step('folio_unlock(dst)', (s, t) => {
      folio_unlock(s, t.dst)
    }),
    call('folio_put(dst)', folio_put, { folio: t => t.dst }),
  ],
)
