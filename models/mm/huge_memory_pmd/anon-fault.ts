import { bool } from 'foliocheck'
import { Entry, mk_present, pmd_mkdirty, pmd_none } from '../../machine/page-table/entry.js'
import {
  add_mm_counter,
  alloc_large,
  folio_add_new_anon_rmap,
  pgtable_trans_huge_deposit,
  pmd_unlock,
  pmd_unlocked,
  set_pmd_at,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function              | steps                                   | abstracted, and why that is sound                    |
 * |------------------------------|-----------------------------------------|------------------------------------------------------|
 * | __do_huge_pmd_anonymous_page | allocate; lock; map, or give up; unlock | Clearing the pages: they are zero when they are      |
 * |                              |                                         | allocated, since nobody else has them. Read faults   |
 * |                              |                                         | take a folio too: no huge zero page.                 |
 */

/** Maps a new exclusive folio where the PMD is none. */
export const do_huge_pmd_anonymous_page = pageTable.operation(
  'do_huge_pmd_anonymous_page',
  {
    source: 'mm/huge_memory.c',
    params: { va: Va },
    locals: { folio: Pfn, taken: bool(), entry: Entry },
  },
  ({ step, waitUntil, when, call }) => [
    step('folio = vma_alloc_anon_folio_pmd(vma, vmf->address)', (s, t) => {
      t.folio = alloc_large(s)
    }),
    waitUntil(
      'vmf->ptl = pmd_lock(vma->vm_mm, vmf->pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        t.taken = !pmd_none(s.vmas[t.va].pmd)
      },
    ),
    when(
      t => t.taken,
      [
        step('spin_unlock(vmf->ptl)', (s, t) => {
          pmd_unlock(s, t.va)
        }),
        call('folio_put(folio)', folio_put, { folio: t => t.folio }),
      ],
      [
        step('folio_add_new_anon_rmap(folio, vma, haddr, RMAP_EXCLUSIVE)', (s, t) => {
          pgtable_trans_huge_deposit(s, t.va)
          folio_add_new_anon_rmap(s, t.folio, 0)
          s.pages[t.folio].dirty = true
          s.pages[t.folio].fresh = true
        }),
        step('set_pmd_at(vma->vm_mm, haddr, pmd, entry)', (s, t) => {
          mk_present(t.entry, t.folio)
          pmd_mkdirty(t.entry)
          t.entry.rw = s.vmas[t.va].write
          add_mm_counter(s, t.va, N)
          set_pmd_at(s, t.va, t.entry)
          s.pages[t.folio].fresh = false
        }),
        step('spin_unlock(vmf->ptl), mapped', (s, t) => {
          pmd_unlock(s, t.va)
        }),
      ],
    ),
  ],
)
