import { bool, insertBefore, NONE, on, patch, replace } from 'foliocheck'
import { folio_nr_pages_held, folio_unlock, page_folio_held, pageAt } from '../machine/index.js'
import { Pfn, zoneDevice } from '../machine/state.js'
import { folio_split_unmapped } from '../mm/huge_memory.js'
import { remove_migration_ptes } from '../mm/migrate_device/entries.js'
import { migrate_vma_to_small_pages } from '../mm/migrate_device/split.js'
import { folio_put } from '../mm/swap.js'

const more = { src: Pfn, moved: bool() }
const { step, when, call, label, goto } = zoneDevice.words(migrate_vma_to_small_pages, more)

const check = step('migrate_vma_check_page(page, fault_page)', (s, t) => {
  t.nr = folio_nr_pages_held(s, t.folio)
  t.got = pageAt(s, t.folio).ref === 1
})
const split = call('__split_huge_page_to_list_to_order(page, NULL, order, true)', folio_split_unmapped, {
  folio: t => t.folio,
  order: t => t.order,
})
const small = step('src_pfns[i] &= ~MIGRATE_PFN_COMPOUND; folio_migrate_mapping()', (s, t) => {
  t.split = true
  t.moved = pageAt(s, t.folio).ref === 1
})
const remove = call('remove_migration_ptes(src, moved ? dst : src, 0)', remove_migration_ptes, {
  src: t => t.folio,
  dst: t => (t.moved ? NONE : t.folio),
})
const unlock = step('src = page_folio(page); folio_unlock(src)', (s, t) => {
  t.src = page_folio_held(s, t.folio + t.i)
  folio_unlock(s, t.src)
})
const put = call('folio_put(page_folio(page))', folio_put, { folio: t => t.src })

/** The split of an isolated folio, as posted first: nobody looks whether it was done. */
export const migrateVmaSplitPages = patch(
  'migrate-vma-split-pages',
  {
    subject: '[v1 resend 08/12] mm/thp: add split during migration support (its migrate_vma_split_pages)',
    date: '2025-07-03',
    messageId: '20250703233511.2028395-9-balbirs@nvidia.com',
    status: 'posted, replaced by v2; rebased to v6.19',
  },
  on(
    migrate_vma_to_small_pages,
    { locals: more },
    insertBefore(
      'folio_get(folio) for the PMD split',
      check,
      when(t => !t.got, [goto('restore')]),
    ),
    replace('folio_split_unmapped(folio, order)', split, small),
    replace('remove_migration_ptes(src, dst, 0)', label('restore'), remove),
    replace('folio_unlock(src)', unlock),
    replace('folio_put(src)', put),
  ),
)
