import { bool, oneOf } from 'foliocheck'
import { copyEntry, Entry, mk_present, pmd_mkdirty } from '../../machine/page-table/entry.js'
import {
  EntryValue,
  isValue,
  kindOf,
  pfnOf,
  protnoneOf,
  uffdOf,
  wordOf,
  writesOf,
} from '../../machine/page-table/entry-value.js'
import {
  add_mm_counter,
  alloc_small,
  folio_add_new_anon_rmap,
  pmd_unlock,
  pmd_unlocked,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { FaultResult } from '../huge_memory_pmd/device-fault.js'
import { do_swap_page } from './swap-page.js'
import { do_wp_page } from './wp-page.js'

/**
 * | kernel function    | steps (H7)                                   | abstracted, and why that is sound                      |
 * |--------------------|----------------------------------------------|--------------------------------------------------------|
 * | handle_pte_fault   | table?; look; dispatch                       | NUMA faults on PTEs restore the protection at once.    |
 * | do_anonymous_page  | table; allocate; lock and look; map; unlock  | Order-0 only, no zero page.                            |
 */

/** A missing page: a table where there is none, and a new exclusive page where the PTE is none. */
export const do_anonymous_page = pageTable.operation(
  'do_anonymous_page',
  {
    source: 'mm/memory.c',
    params: { va: Va, index: Index },
    locals: { folio: Pfn, mapped: bool(), table: bool(), entry: Entry },
  },
  ({ step, waitUntil, when, call }) => [
    waitUntil(
      'pte_alloc(vma->vm_mm, vmf->pmd)',
      (s, t) => pmd_unlocked(s, t.va),
      (s, t) => {
        take_pmd_lock(s, t.va)
        if (s.vmas[t.va].pmd.kind === 'none') s.vmas[t.va].pmd.kind = 'table'
        pmd_unlock(s, t.va)
      },
    ),
    step('folio = alloc_anon_folio(vmf)', (s, t) => {
      t.folio = alloc_small(s)
    }),
    waitUntil(
      'vmf->pte = pte_offset_map_lock(vma->vm_mm, vmf->pmd, addr, &vmf->ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
      },
    ),
    when(
      t => t.table,
      [
        step('set_ptes(vma->vm_mm, addr, vmf->pte, entry, nr_pages)', (s, t) => {
          t.mapped = s.vmas[t.va].ptes[t.index].kind === 'none'
          if (!t.mapped) return
          mk_present(t.entry, t.folio)
          t.entry.rw = s.vmas[t.va].write
          if (t.entry.rw) pmd_mkdirty(t.entry)
          folio_add_new_anon_rmap(s, t.folio, t.index)
          s.pages[t.folio].dirty = true
          add_mm_counter(s, t.va, 1)
          set_pte_at(s, t.va, t.index, t.entry)
        }),
        step('pte_unmap_unlock(vmf->pte, vmf->ptl)', (s, t) => {
          pte_unmap_unlock(s, t.va)
        }),
      ],
    ),
    when(t => !t.mapped, [call('folio_put(folio)', folio_put, { folio: t => t.folio })]),
  ],
)

/** An access to a page whose PMD is, or was, a table. */
export const handle_pte_fault = pageTable.operation(
  'handle_pte_fault',
  {
    source: 'mm/memory.c',
    params: { va: Va, index: Index, write: bool(), vmaLock: bool() },
    locals: {
      way: oneOf('again', 'missing', 'pte'),
      orig: EntryValue,
      same: bool(),
      table: bool(),
      entry: Entry,
      result: FaultResult,
    },
    returns: FaultResult,
  },
  ({ step, waitUntil, when, call, ret }) => [
    step('vmf->orig_pte = ptep_get_lockless(vmf->pte)', (s, t) => {
      const { pmd, ptes } = s.vmas[t.va]
      if (pmd.kind === 'none') t.way = 'missing'
      else if (pmd.kind === 'table') {
        t.orig = wordOf(ptes[t.index])
        t.way = t.orig === 0 ? 'missing' : 'pte'
      }
    }),
    when(t => t.way === 'again', [ret(() => 'done')]),
    when(
      t => t.way === 'missing',
      [call('do_pte_missing(vmf)', do_anonymous_page, { va: t => t.va, index: t => t.index }), ret(() => 'done')],
    ),
    when(
      t => kindOf(t.orig) !== 'present',
      [
        call(
          'do_swap_page(vmf)',
          do_swap_page,
          { va: t => t.va, index: t => t.index, vmaLock: t => t.vmaLock, orig: t => t.orig },
          (t, result) => {
            t.result = result
          },
        ),
        ret(t => t.result),
      ],
    ),
    waitUntil(
      'spin_lock(vmf->ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
        t.same = t.table && isValue(s.vmas[t.va].ptes[t.index], t.orig)
      },
    ),
    when(t => !t.table, [ret(() => 'done')]),
    when(
      t => t.same && t.write && !writesOf(t.orig) && !protnoneOf(t.orig),
      [
        when(
          t => uffdOf(t.orig),
          [
            step('pte_unmap_unlock(vmf->pte, vmf->ptl); handle_userfault()', (s, t) => {
              pte_unmap_unlock(s, t.va)
            }),
            ret(() => 'trapped'),
          ],
        ),
        call('do_wp_page(vmf)', do_wp_page, { va: t => t.va, index: t => t.index, page: t => pfnOf(t.orig) }),
        ret(() => 'done'),
      ],
    ),
    step('ptep_set_access_flags(vma, address, vmf->pte, entry, write); pte_unmap_unlock()', (s, t) => {
      if (t.same) {
        copyEntry(t.entry, s.vmas[t.va].ptes[t.index])
        t.entry.protnone = false
        if (t.write) pmd_mkdirty(t.entry)
        set_pte_at(s, t.va, t.index, t.entry)
      }
      pte_unmap_unlock(s, t.va)
    }),
    ret(() => 'done'),
  ],
)
