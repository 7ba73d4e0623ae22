import { bool, int, type Node } from 'foliocheck'
import {
  copyEntry,
  Entry,
  type EntryState,
  mk_migration,
  pmd_swp_mksoft_dirty,
  pmd_swp_mkuffd,
} from '../../machine/page-table/entry.js'
import {
  clearEntry,
  flush_tlb_page,
  folio_nr_pages,
  folio_remove_rmap_pte,
  folio_try_share_anon_rmap,
  is_softleaf,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  page_folio,
  pageAt,
  pmd_pfn,
  pmd_unlock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
  softleaf_to_pfn,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import type { State, Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { set_pmd_migration_entry } from '../huge_memory_pmd/migration.js'
import { split_huge_pmd_locked } from '../huge_memory_pmd/split.js'
import { AT_PTE, NOT_FOUND, Place, page_vma_mapped_walk } from '../page_vma_mapped/walk.js'

/**
 * | kernel function    | steps (U1–U9)                                | abstracted, and why that is sound                     |
 * |--------------------|----------------------------------------------|-------------------------------------------------------|
 * | try_to_migrate_one | notifier; walk; PMD: split or entry; PTE:    | No poisoned, unused or swapped pages. A PTE is        |
 * |                    | clear; share; entry; rmap; put; notifier     | cleared, exchanged, unmapped and put in four steps.   |
 */

export const spec = {
  source: 'mm/rmap.c',
  params: { folio: Pfn, va: Va, split: bool(), sync: bool(), batch: bool() },
  locals: {
    nr: int(0, N),
    at: Place,
    old: Entry,
    fresh: Entry,
    page: Pfn,
    head: Pfn,
    write: bool(),
    exclusive: bool(),
    done: bool(),
    ok: bool(),
  },
  returns: bool(),
}
export type OneWords = Words<typeof spec.params, typeof spec.locals, typeof spec.returns>
export interface Locals {
  readonly folio: number
  readonly va: number
  readonly batch: boolean
  at: number
  old: EntryState
  page: number
  head: number
  write: boolean
  exclusive: boolean
}

/** How a version of the function goes about it. */
export interface Version {
  /** The PMD is split before the walk, by address and folio; otherwise when the walk has found it. */
  readonly splitsFirst: boolean
  /** What follows a split during the walk. */
  readonly afterSplit: 'stop' | 'restart'
  /** The page that the PMD maps. */
  readonly pmdPage: (s: State, t: Locals) => number
  /** Whether a PTE is taken for a present one. */
  readonly takenForPresent: (e: EntryState) => boolean
}

export function start({ step }: OneWords) {
  return step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
    mmu_notifier_invalidate_range_start(s, t.va)
    t.nr = folio_nr_pages(s, t.folio)
    t.ok = true
  })
}

export function walk({ call, label, when, goto }: OneWords) {
  return [
    label('walk'),
    call(
      'page_vma_mapped_walk(&pvmw)',
      page_vma_mapped_walk,
      { va: t => t.va, pfn: t => t.folio, nr: t => t.nr, migration: false, sync: t => t.sync, at: t => t.at },
      (t, at) => {
        t.at = at
      },
    ),
    when(t => t.at === NOT_FOUND, [goto('end')]),
  ]
}

/** U3. */
export function splitFound({ step, call, goto }: OneWords, afterSplit: 'stop' | 'restart') {
  const again: readonly Node[] = [goto('walk')]
  return [
    call('split_huge_pmd_locked(vma, pvmw.address, pvmw.pmd, true)', split_huge_pmd_locked, {
      va: t => t.va,
      freeze: true,
      folio: t => t.folio,
    }),
    step(
      afterSplit === 'stop' ? 'ret = false; page_vma_mapped_walk_done(&pvmw)' : 'page_vma_mapped_walk_restart(&pvmw)',
      (s, t) => {
        pmd_unlock(s, t.va)
        t.at = NOT_FOUND
        t.split = false
        t.ok = afterSplit === 'restart'
      },
    ),
    ...(afterSplit === 'stop' ? [goto('end')] : again),
  ]
}

/** U4. */
export function convertPmd({ step, call, when, goto }: OneWords, version: Version) {
  return [
    step('subpage = folio_page(folio, pfn - folio_pfn(folio))', (s, t) => {
      t.page = version.pmdPage(s, t)
      t.head = page_folio(s, t.page)
    }),
    call(
      'set_pmd_migration_entry(&pvmw, subpage)',
      set_pmd_migration_entry,
      { va: t => t.va, folio: t => t.head },
      (t, ok) => {
        t.ok = ok
      },
    ),
    when(t => t.ok, [goto('walk')]),
    step('page_vma_mapped_walk_done(&pvmw)', (s, t) => {
      pmd_unlock(s, t.va)
    }),
    goto('end'),
  ]
}

/** U5: clears the PTE, and looks at it as the version takes it. */
export function clearPte({ step }: OneWords, version: Version) {
  return step('pteval = ptep_clear_flush(vma, address, pvmw.pte)', (s, t) => {
    const index = t.at - AT_PTE
    const pte = s.vmas[t.va].ptes[index]
    const present = version.takenForPresent(pte)
    t.page = present ? pmd_pfn(pte) : softleaf_to_pfn(pte)
    t.head = page_folio(s, t.page)
    ptep_get_and_clear(s, t.va, index, t.old)
    if (t.batch && present) s.mms[mmOf(t.va)].batched = true
    else flush_tlb_page(s, t.va, index)
    if (t.old.dirty) pageAt(s, t.head).dirty = true
    t.write = present ? t.old.rw : t.old.kind === 'device' && t.old.mode === 'write'
    t.exclusive = pageAt(s, t.page).ae
  })
}

/** U8: the value that replaces the PTE. */
export function migrationPte(e: EntryState, t: Pick<Locals, 'old' | 'page' | 'write' | 'exclusive'>): void {
  const soft = is_softleaf(t.old)
  mk_migration(e, t.page, t.write ? 'write' : t.exclusive ? 'readExclusive' : 'read')
  e.dirty = t.old.dirty
  if (soft ? t.old.rw : t.old.softDirty) pmd_swp_mksoft_dirty(e)
  if (soft ? t.old.user : t.old.uffd) pmd_swp_mkuffd(e)
}

/** U7 and U8. */
export function exchangePte({ step, when, call, goto }: OneWords) {
  return [
    when(
      t => t.exclusive,
      [
        step('folio_try_share_anon_rmap_pte(folio, subpage)', (s, t) => {
          t.ok = folio_try_share_anon_rmap(s, t.head, t.page)
        }),
      ],
    ),
    when(
      t => !t.ok,
      [
        step('set_pte_at(mm, address, pvmw.pte, pteval); page_vma_mapped_walk_done(&pvmw)', (s, t) => {
          copyEntry(t.fresh, t.old)
          set_pte_at(s, t.va, t.at - AT_PTE, t.fresh)
          pte_unmap_unlock(s, t.va)
        }),
        goto('end'),
      ],
    ),
    step('set_pte_at(mm, address, pvmw.pte, swp_pte)', (s, t) => {
      migrationPte(t.fresh, t)
      set_pte_at(s, t.va, t.at - AT_PTE, t.fresh)
      clearEntry(t.fresh)
      clearEntry(t.old)
    }),
    step('folio_remove_rmap_pte(folio, subpage, vma)', (s, t) => {
      folio_remove_rmap_pte(s, t.head, t.page)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.head }),
    goto('walk'),
  ]
}

/** U9. */
export function end({ step, label, ret }: OneWords) {
  return [
    label('end'),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    ret(t => t.ok),
  ]
}
