import { bool, current, expect, int } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { splitObstructed } from '../../../properties/page-table/split.js'
import {
  anon_vma_lock_write,
  anon_vma_unlock_write,
  can_anon_vma_write,
  folio_expected_ref_count,
  folio_mapped,
  folio_nr_pages,
  folio_ref_freeze,
  folio_ref_unfreeze,
  folio_test_large,
  folio_unlock,
  pageAt,
  take_folio_lock,
} from '../../machine/page-table/index.js'
import { N, Pfn, THREADS } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { remove_migration_ptes } from '../migrate_entries/remove.js'
import { try_to_migrate, try_to_unmap_flush } from '../rmap/migrate.js'

/**
 * | kernel function         | steps (B1–B18, Y1–Y4)                         | abstracted, and why that is sound                 |
 * |-------------------------|-----------------------------------------------|---------------------------------------------------|
 * | __folio_split           | anon_vma; lock; expected count; unmap; freeze;| Uniform, to order 0, no swap cache, no list: every |
 * |                         | split; remap; unlock and put; unlock          | piece but one is let go. LRU and deferred         |
 * |                         |                                               | queue are not looked at by anyone here.           |
 * | __split_unmapped_folio  | tails become heads; one by one unfrozen; the  | The words of struct page have a machine of their  |
 * |                         | head last                                     | own.                                              |
 * | folio_split_unmapped    | expected count; freeze; split                 | –                                                 |
 */

/** Ghost: somebody else than the running thread owns a reference, or the folio is pinned. */
function othersHold(s: State, folio: number): boolean {
  if (s.pages[folio].pins > 0) return true
  for (let cpu = 0; cpu < THREADS; cpu++) if (cpu !== current() && s.accounts[cpu].of[folio].refs > 0) return true
  return false
}

/** B11: the pages of a frozen folio become folios of their own; flags, the lock among them, are copied. */
function makePieces(s: State, folio: number): void {
  const head = pageAt(s, folio)
  for (let i = 1; i < N; i++) {
    const piece = s.pages[folio + i]
    piece.head = folio + i
    piece.large = false
    piece.frozen = true
    piece.dirty = head.dirty
    piece.anon = head.anon
    piece.lazyFree = head.lazyFree
    piece.index = head.index + i
    piece.ae = false
    if (head.locked) take_folio_lock(s, folio + i)
  }
  head.large = false
  if (head.anon && s.nrAnon > 0) s.nrAnon--
}

/** Freezes, splits and unfreezes; false when the count is not what it must be. */
export const __folio_freeze_and_split_unmapped = pageTable.operation(
  '__folio_freeze_and_split_unmapped',
  { source: 'mm/huge_memory.c', params: { folio: Pfn }, locals: { ok: bool(), i: int(0, N) }, returns: bool() },
  ({ step, when, loop, local, ret }) => [
    step('folio_ref_freeze(folio, folio_cache_ref_count(folio) + 1)', (s, t) => {
      const { lmap } = pageAt(s, t.folio)
      t.ok = folio_ref_freeze(s, t.folio, 1)
      const reason = othersHold(s, t.folio) || s.pages[t.folio].obstructed
      expect(splitObstructed, t.ok || reason, `p${t.folio} is still mapped ${lmap} times`)
    }),
    when(t => !t.ok, [ret(() => false)]),
    step('__split_unmapped_folio(folio, new_order, …)', (s, t) => {
      expect(noWarning, !folio_mapped(s, t.folio), `p${t.folio} is split while it is mapped`)
      makePieces(s, t.folio)
    }),
    local(t => {
      t.i = 1
    }),
    loop(
      t => t.i < N,
      [
        step('folio_ref_unfreeze(new_folio, folio_cache_ref_count(new_folio) + 1)', (s, t) => {
          folio_ref_unfreeze(s, t.folio + t.i, 1)
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
    step('folio_ref_unfreeze(folio, folio_cache_ref_count(folio) + 1)', (s, t) => {
      folio_ref_unfreeze(s, t.folio, 1)
    }),
    ret(() => true),
  ],
)

/** Splits a locked folio of which only migration PTEs are left, and the caller's one reference; false is -EAGAIN. */
export const folio_split_unmapped = pageTable.operation(
  'folio_split_unmapped',
  { source: 'mm/huge_memory.c', params: { folio: Pfn }, locals: { ok: bool() }, returns: bool() },
  ({ step, when, call, ret }) => [
    step('folio_expected_ref_count(folio) != folio_ref_count(folio) - 1', (s, t) => {
      const page = pageAt(s, t.folio)
      expect(noWarning, !folio_mapped(s, t.folio), `VM_WARN_ON_ONCE_FOLIO(folio_mapped(p${t.folio}))`)
      expect(noWarning, page.locked, `VM_WARN_ON_ONCE_FOLIO(!folio_test_locked(p${t.folio}))`)
      expect(noWarning, folio_test_large(s, t.folio), `VM_WARN_ON_ONCE_FOLIO(!folio_test_large(p${t.folio}))`)
      t.ok = folio_expected_ref_count(s, t.folio) === page.ref - 1
    }),
    when(t => !t.ok, [ret(() => false)]),
    call(
      '__folio_freeze_and_split_unmapped(folio, new_order)',
      __folio_freeze_and_split_unmapped,
      { folio: t => t.folio },
      (t, ok) => {
        t.ok = ok
      },
    ),
    ret(t => t.ok),
  ],
)

/**
 * Splits a locked folio of which the caller owns one reference; false when it could not be done. Lock and reference pass
 * to the piece of page `lockAt`, which for split_folio is the head.
 */
export const __folio_split = pageTable.operation(
  '__folio_split',
  {
    source: 'mm/huge_memory.c',
    params: { folio: Pfn, lockAt: Pfn },
    locals: { ok: bool(), nr: int(0, N), i: int(0, N) },
    returns: bool(),
  },
  ({ step, waitUntil, when, loop, local, call, ret }) => [
    step('anon_vma = folio_get_anon_vma(folio)', (s, t) => {
      t.ok = folio_mapped(s, t.folio) && folio_test_large(s, t.folio)
      s.pages[t.folio].obstructed = false
    }),
    when(t => !t.ok, [ret(() => false)]),
    waitUntil(
      'anon_vma_lock_write(anon_vma)',
      s => can_anon_vma_write(s),
      s => anon_vma_lock_write(s),
    ),
    step('folio_expected_ref_count(folio) != folio_ref_count(folio) - 1', (s, t) => {
      t.ok = folio_expected_ref_count(s, t.folio) === pageAt(s, t.folio).ref - 1
    }),
    when(
      t => t.ok,
      [
        call('unmap_folio(folio): try_to_migrate(folio, ttu_flags)', try_to_migrate, {
          folio: t => t.folio,
          split: true,
          sync: true,
          batch: true,
          rmapLocked: true,
        }),
        call('unmap_folio(folio): try_to_unmap_flush()', try_to_unmap_flush, {}),
        call(
          '__folio_freeze_and_split_unmapped(folio, new_order)',
          __folio_freeze_and_split_unmapped,
          { folio: t => t.folio },
          (t, ok) => {
            t.ok = ok
          },
        ),
        step('remap_page(folio, 1 << old_order, flags)', (s, t) => {
          t.nr = folio_nr_pages(s, t.folio)
        }),
        loop(
          t => t.i < N,
          [
            call('remove_migration_ptes(folio, folio, TTU_RMAP_LOCKED | flags)', remove_migration_ptes, {
              src: t => t.folio + t.i,
              dst: t => t.folio + t.i,
              rmapLocked: true,
            }),
            local(t => {
              t.i += t.nr
            }),
          ],
        ),
        when(
          t => t.ok,
          [
            local(t => {
              t.i = 0
            }),
            loop(
              t => t.i < N,
              [
                when(
                  t => t.folio + t.i !== t.lockAt,
                  [
                    step('folio_unlock(new_folio)', (s, t) => {
                      folio_unlock(s, t.folio + t.i)
                    }),
                    call('free_folio_and_swap_cache(new_folio)', folio_put, { folio: t => t.folio + t.i }),
                  ],
                ),
                local(t => {
                  t.i++
                }),
              ],
            ),
          ],
        ),
      ],
    ),
    step('anon_vma_unlock_write(anon_vma)', s => {
      anon_vma_unlock_write(s)
    }),
    ret(t => t.ok),
  ],
)
