import { bool, expect, int, NONE } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import {
  clearEntry,
  copyEntry,
  Entry,
  type EntryState,
  mk_device_private,
  mk_present,
  pmd_mkuffd,
} from '../../machine/page-table/entry.js'
import {
  anon_vma_lock_read,
  anon_vma_unlock_read,
  can_anon_vma_read,
  folio_add_anon_rmap_pte,
  folio_get,
  folio_is_device_private,
  folio_nr_pages,
  folio_test_large,
  page_folio,
  pageAt,
  set_pte_at,
  softleaf_to_pfn,
} from '../../machine/page-table/index.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { remove_migration_pmd } from '../huge_memory_pmd/migration.js'
import { AT_PMD, AT_PTE, NOT_FOUND, Place, page_vma_mapped_walk } from '../page_vma_mapped/walk.js'
import { nextVma } from '../rmap/migrate.js'

/**
 * | kernel function       | steps (Q1–Q7)                               | abstracted, and why that is sound                      |
 * |-----------------------|---------------------------------------------|--------------------------------------------------------|
 * | remove_migration_ptes | anon_vma lock; VMA by VMA in tree order;    | The anon_vma of the destination is the one that there  |
 * |                       | unlock                                      | is. No zero-page substitution.                         |
 * | remove_migration_pte  | walk; get; new value; rmap; store           | Accessed bits; anonymous folios only.                  |
 */

interface Locals {
  readonly dst: number
  readonly src: number
  readonly va: number
  readonly at: number
  old: EntryState
  fresh: EntryState
  page: number
}

/** Q1 and Q3: the page of the destination that stands for the entry's, and a reference to its folio. */
function findAndGet(s: State, t: Locals): void {
  const index = t.at - AT_PTE
  copyEntry(t.old, s.vmas[t.va].ptes[index])
  const offset = folio_test_large(s, t.dst) ? softleaf_to_pfn(t.old) - t.src : 0
  t.page = t.dst + offset
  folio_get(s, page_folio(s, t.page))
}

/** Q4 and Q5. */
function newValue(s: State, t: Locals): void {
  const { old, fresh, page } = t
  const write = old.mode === 'write'
  if (folio_is_device_private(page)) {
    mk_device_private(fresh, page, write)
    fresh.rw = old.rw
    fresh.user = old.user
    return
  }
  mk_present(fresh, page)
  fresh.softDirty = old.rw
  fresh.dirty = old.dirty && pageAt(s, page_folio(s, page)).dirty
  if (write) fresh.rw = true
  else if (old.user) pmd_mkuffd(fresh)
}

/** The migration entries of `src` in one VMA become entries of `dst`. */
export const remove_migration_pte = pageTable.operation(
  'remove_migration_pte',
  {
    source: 'mm/migrate.c',
    params: { src: Pfn, dst: Pfn, va: Va, nr: int(0, N) },
    locals: { at: Place, old: Entry, fresh: Entry, page: Pfn },
  },
  ({ step, when, call, goto, label }) => [
    label('walk'),
    call(
      'page_vma_mapped_walk(&pvmw)',
      page_vma_mapped_walk,
      { va: t => t.va, pfn: t => t.src, nr: t => t.nr, migration: true, sync: true, at: t => t.at },
      (t, at) => {
        t.at = at
      },
    ),
    when(t => t.at === NOT_FOUND, [goto('end')]),
    when(
      t => t.at === AT_PMD,
      [
        step('VM_BUG_ON_FOLIO(!folio_test_pmd_mappable(folio), folio)', (s, t) => {
          expect(
            noWarning,
            folio_test_large(s, t.dst),
            `p${t.dst} is no large folio, and the PMD of va${t.va} names p${t.src}`,
          )
        }),
        call('remove_migration_pmd(&pvmw, new)', remove_migration_pmd, { va: t => t.va, folio: t => t.dst }),
        goto('walk'),
      ],
    ),
    step('folio_get(folio)', findAndGet),
    step('folio_add_anon_rmap_pte(folio, new, vma, pvmw.address, rmap_flags)', (s, t) => {
      folio_add_anon_rmap_pte(s, page_folio(s, t.page), t.page, t.old.mode !== 'read')
    }),
    step('set_pte_at(vma->vm_mm, pvmw.address, pvmw.pte, pte)', (s, t) => {
      newValue(s, t)
      set_pte_at(s, t.va, t.at - AT_PTE, t.fresh)
      clearEntry(t.old)
      clearEntry(t.fresh)
    }),
    goto('walk'),
    label('end'),
  ],
)

/** Replaces every migration entry of `src` by an entry of `dst`. */
export const remove_migration_ptes = pageTable.operation(
  'remove_migration_ptes',
  {
    source: 'mm/migrate.c',
    params: { src: Pfn, dst: Pfn, rmapLocked: bool() },
    locals: { va: Va, nr: int(0, N), done: bool() },
  },
  ({ step, waitUntil, when, loop, call }) => [
    when(
      t => !t.rmapLocked,
      [
        waitUntil(
          'anon_vma_lock_read(anon_vma)',
          s => can_anon_vma_read(s),
          s => {
            anon_vma_lock_read(s)
          },
        ),
      ],
    ),
    loop(
      t => !t.done,
      [
        step('anon_vma_interval_tree_foreach(avc, …)', (s, t) => {
          t.nr = folio_nr_pages(s, t.src)
          t.va = nextVma(s, t.va)
          t.done = t.va === NONE
        }),
        when(
          t => !t.done,
          [
            call('remove_migration_pte(dst, vma, address, arg)', remove_migration_pte, {
              src: t => t.src,
              dst: t => t.dst,
              va: t => t.va,
              nr: t => t.nr,
            }),
          ],
        ),
      ],
    ),
    when(
      t => !t.rmapLocked,
      [
        step('anon_vma_unlock_read(anon_vma)', s => {
          anon_vma_unlock_read(s)
        }),
      ],
    ),
  ],
)
