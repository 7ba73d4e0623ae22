import { bool, NONE } from 'foliocheck'
import { folio_get, folio_nr_pages_held, folio_trylock, folio_unlock, page_folio_held } from '../../machine/index.js'
import { folio_put_testzero } from '../../machine/refcount.js'
import { NrPages, Order, Pfn, Slot, zoneDevice } from '../../machine/state.js'
import { folio_split_unmapped } from '../huge_memory.js'
import { folio_put } from '../swap.js'
import { remove_migration_ptes, try_to_migrate } from './entries.js'

/**
 * A large device folio whose destination has smaller pages: split in the middle of its migration.
 *
 * | kernel function                  | steps                              | abstracted, and why that is sound              |
 * |----------------------------------|------------------------------------|------------------------------------------------|
 * | migrate_vma_collect_huge_pmd     | get; trylock; migration entry      | Entry and reference are looked up under the    |
 * |                                  |                                    | table's lock: one step.                        |
 * | migrate_vma_split_unmapped_folio | get; PMD split; folio split        | The PTE migration entries that replace the PMD |
 * |                                  |                                    | own nothing: one place stands for all of them. |
 * | migrate_vma_finalize             | entries; per piece unlock and put  | The destinations are system memory.            |
 */

/** Migrates the large folio at `va` to system memory in pieces of `order`; leaves it where it is when it cannot. */
export const migrate_vma_to_small_pages = zoneDevice.operation(
  'migrate_vma_to_small_pages',
  {
    source: 'mm/migrate_device.c',
    params: { va: Slot, order: Order },
    locals: { folio: Pfn, nr: NrPages, i: NrPages, got: bool(), split: bool() },
  },
  ({ step, when, loop, local, call, ret }) => [
    step('folio_get(folio)', (s, t) => {
      const slot = s.slots[t.va]
      if (slot.page === NONE || slot.migration) return
      t.folio = page_folio_held(s, slot.page)
      folio_get(s, t.folio)
    }),
    when(t => t.folio === NONE, [ret()]),
    step('folio_trylock(folio)', (s, t) => {
      t.got = folio_trylock(s, t.folio)
    }),
    when(t => !t.got, [call('folio_put(folio)', folio_put, { folio: t => t.folio }), ret()]),
    call('set_pmd_migration_entry(&pvmw, page)', try_to_migrate, { folio: t => t.folio }),
    step('folio_get(folio) for the PMD split', (s, t) => {
      t.nr = folio_nr_pages_held(s, t.folio)
      folio_get(s, t.folio)
    }),
    step('split_huge_pmd_address(vma, addr, freeze): put_page(page)', (s, t) => {
      folio_put_testzero(s, t.folio)
    }),
    call(
      'folio_split_unmapped(folio, order)',
      folio_split_unmapped,
      { folio: t => t.folio, order: t => t.order },
      (t, split) => {
        t.split = split
      },
    ),
    call('remove_migration_ptes(src, dst, 0)', remove_migration_ptes, {
      src: t => t.folio,
      dst: t => (t.split ? NONE : t.folio),
    }),
    loop(
      t => t.i < t.nr,
      [
        step('folio_unlock(src)', (s, t) => {
          folio_unlock(s, t.folio + t.i)
        }),
        call('folio_put(src)', folio_put, { folio: t => t.folio + t.i }),
        local(t => {
          t.i += t.split ? 1 << t.order : t.nr
        }),
      ],
    ),
  ],
)
