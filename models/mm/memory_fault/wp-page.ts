import { bool } from 'foliocheck'
import { copyEntry, Entry, mk_present, pmd_mkdirty } from '../../machine/page-table/entry.js'
import { EntryValue, isValue, wordOf } from '../../machine/page-table/entry-value.js'
import {
  add_mm_counter,
  alloc_small,
  copyData,
  eachEntry,
  folio_add_new_anon_rmap,
  folio_get,
  folio_remove_rmap_pte,
  folio_test_large,
  folio_trylock,
  folio_unlock,
  mapsOf,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pageAt,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_clear_flush,
  set_pte_at,
} from '../../machine/page-table/index.js'
import { Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function | steps (8.5)                                     | abstracted, and why that is sound                     |
 * |-----------------|-------------------------------------------------|-------------------------------------------------------|
 * | do_wp_page      | reuse?; else get, unlock, copy                  | Reuse of a small folio needs the folio lock: tried    |
 * |                 |                                                 | for only; who fails copies, which is always right. A  |
 * |                 |                                                 | large one is reused if all its references are         |
 * |                 |                                                 | mappings of one address space.                        |
 * | wp_page_copy    | allocate; copy; notifier; lock and compare;     | –                                                     |
 * |                 | clear; map; rmap; unlock; put                   |                                                       |
 */

/** Whether the page may become the VMA's own: nobody else maps or references it. */
function canReuse(s: State, va: number, folio: number): boolean {
  const { ref, lmap } = s.pages[folio]
  if (!folio_test_large(s, folio)) return ref === 1
  return ref === lmap && oneMm(s, va, folio)
}

/** !folio_maybe_mapped_shared: every mapping that is counted is an entry of this address space. */
function oneMm(s: State, va: number, folio: number): boolean {
  let own = 0
  eachEntry(s, (e, at) => {
    if (mmOf(at) === mmOf(va) && s.pages[e.pfn].head === folio) own += mapsOf(s, e)
  })
  return own === s.pages[folio].lmap
}

/** A write to a page that the PTE does not let write; the PTE lock is held, and is dropped. */
export const do_wp_page = pageTable.operation(
  'do_wp_page',
  {
    source: 'mm/memory.c',
    params: { va: Va, index: Index, page: Pfn },
    locals: { folio: Pfn, fresh: Pfn, reuse: bool(), same: bool(), table: bool(), orig: EntryValue, entry: Entry },
  },
  ({ step, waitUntil, when, call, ret }) => [
    step('wp_can_reuse_anon_folio(folio, vma)', (s, t) => {
      t.folio = page_folio(s, t.page)
      t.orig = wordOf(s.vmas[t.va].ptes[t.index])
      const page = pageAt(s, t.page)
      if (!page.ae && folio_trylock(s, t.folio)) {
        page.ae = canReuse(s, t.va, t.folio)
        folio_unlock(s, t.folio)
      }
      t.reuse = page.ae
    }),
    when(
      t => t.reuse,
      [
        step('wp_page_reuse(vmf, folio)', (s, t) => {
          copyEntry(t.entry, s.vmas[t.va].ptes[t.index])
          t.entry.rw = s.vmas[t.va].write
          pmd_mkdirty(t.entry)
          set_pte_at(s, t.va, t.index, t.entry)
        }),
        step('pte_unmap_unlock(vmf->pte, vmf->ptl)', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
        ret(),
      ],
    ),
    step('folio_get(folio)', (s, t) => {
      folio_get(s, t.folio)
    }),
    step('pte_unmap_unlock(vmf->pte, vmf->ptl), to copy', (s, t) => {
      pte_unmap_unlock(s, t.va)
    }),
    step('new_folio = folio_prealloc(mm, vma, vmf->address)', (s, t) => {
      t.fresh = alloc_small(s)
    }),
    step('__wp_page_copy_user(&new_folio->page, vmf->page, vmf)', (s, t) => {
      copyData(s, t.page, t.fresh, 1)
    }),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    waitUntil(
      'vmf->pte = pte_offset_map_lock(mm, vmf->pmd, vmf->address, &vmf->ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
        t.same = t.table && isValue(s.vmas[t.va].ptes[t.index], t.orig)
      },
    ),
    when(
      t => t.same,
      [
        step('ptep_clear_flush(vma, vmf->address, vmf->pte)', (s, t) => {
          ptep_clear_flush(s, t.va, t.index, t.entry)
        }),
        step('folio_add_new_anon_rmap(new_folio, vma, vmf->address, RMAP_EXCLUSIVE)', (s, t) => {
          folio_add_new_anon_rmap(s, t.fresh, t.index)
          s.pages[t.fresh].dirty = true
        }),
        step('set_pte_at(mm, vmf->address, vmf->pte, entry)', (s, t) => {
          mk_present(t.entry, t.fresh)
          t.entry.rw = s.vmas[t.va].write
          pmd_mkdirty(t.entry)
          add_mm_counter(s, t.va, 0)
          set_pte_at(s, t.va, t.index, t.entry)
        }),
        step('folio_remove_rmap_pte(old_folio, vmf->page, vma)', (s, t) => {
          folio_remove_rmap_pte(s, t.folio, t.page)
        }),
      ],
    ),
    when(
      t => t.table,
      [
        step('pte_unmap_unlock(vmf->pte, vmf->ptl), after the copy', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
      ],
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    when(
      t => t.same,
      [call('folio_put(old_folio), of the mapping', folio_put, { folio: t => t.folio })],
      [call('folio_put(new_folio)', folio_put, { folio: t => t.fresh })],
    ),
    call('folio_put(old_folio)', folio_put, { folio: t => t.folio }),
  ],
)
