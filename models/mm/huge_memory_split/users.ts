import { bool, int, NONE } from 'foliocheck'
import {
  alloc_small,
  can_mmap_read,
  copyData,
  folio_get,
  folio_try_get,
  folio_unlock,
  folio_unlocked,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  pageAt,
  take_folio_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { __split_huge_pmd } from '../huge_memory_pmd/split.js'
import { remove_migration_ptes } from '../migrate_entries/remove.js'
import { migrate_vma_collect_huge_pmd } from '../migrate_folio/collect.js'
import { takeOver } from '../migrate_folio/migrate.js'
import { try_to_migrate } from '../rmap/migrate.js'
import { __folio_split, folio_split_unmapped } from './split-folio.js'

/**
 * | kernel function                  | steps (su1–su4)                          | abstracted, and why that is sound              |
 * |----------------------------------|------------------------------------------|------------------------------------------------|
 * | deferred_split_scan              | try_get; trylock; split; unlock; put     | One folio of the list.                         |
 * | migrate_vma_split_unmapped_folio | get; frozen PMD split; folio split       | –                                              |
 * | a migration to small pages       | unmap; split; per piece copy, entries,   | The driver's allocation of small destinations  |
 * |                                  | unlock, put; or everything back          | always succeeds.                               |
 */

/** The deferred-split shrinker, or any other caller of split_folio that finds a folio by its frame. */
export const deferred_split_scan = pageTable.operation(
  'deferred_split_scan',
  { source: 'mm/huge_memory.c', params: { folio: Pfn }, locals: { got: bool(), ok: bool() } },
  ({ step, waitUntil, when, call, ret }) => [
    step('folio_try_get(folio)', (s, t) => {
      t.got = s.pages[t.folio].head === t.folio && folio_try_get(s, t.folio)
    }),
    when(t => !t.got, [ret()]),
    waitUntil(
      'folio_lock(folio)',
      (s, t) => folio_unlocked(s, t.folio),
      (s, t) => {
        may_sleep(s)
        take_folio_lock(s, t.folio)
      },
    ),
    call('split_folio(folio)', __folio_split, { folio: t => t.folio, lockAt: t => t.folio }, (t, ok) => {
      t.ok = ok
    }),
    step('folio_unlock(folio)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(folio)', folio_put, { folio: t => t.folio }),
  ],
)

const midway = {
  source: 'mm/migrate_device.c',
  params: { va: Va, folio: Pfn },
  locals: { ok: bool() },
  returns: bool(),
}
type MidwayWords = Words<typeof midway.params, typeof midway.locals, typeof midway.returns>

/** First the migration PMD, for which a reference is needed that the split drops; then the folio. */
function splitBoth({ step, call }: MidwayWords, how: string) {
  return [
    step('folio_get(folio)', (s, t) => {
      folio_get(s, t.folio)
    }),
    call('split_huge_pmd_address(migrate->vma, addr, true)', __split_huge_pmd, {
      va: t => t.va,
      freeze: true,
      folio: t => t.folio,
    }),
    call(how, folio_split_unmapped, { folio: t => t.folio }, (t, ok) => {
      t.ok = ok
    }),
  ]
}

/** Splits a folio in the middle of its migration. False when it is whole. */
export const migrate_vma_split_unmapped_folio = pageTable.operation(
  'migrate_vma_split_unmapped_folio',
  midway,
  words => [...splitBoth(words, 'folio_split_unmapped(folio, 0)'), words.ret(t => t.ok)],
)

/** v1 of the series: migrate_vma_split_pages, which does not say whether the folio could be split. v2 does. */
export const migrate_vma_split_pages = pageTable.operation('migrate_vma_split_unmapped_folio', midway, words => [
  ...splitBoth(words, '__split_huge_page_to_list_to_order(&folio->page, NULL, 0, true)'),
  words.ret(() => true),
])

/** A small copy of it takes over, unless somebody else has a reference. NONE then. */
function copyPiece(s: State, src: number): number {
  if (pageAt(s, src).ref !== 1) return NONE
  const dst = alloc_small(s)
  take_folio_lock(s, dst)
  takeOver(s, src, dst)
  copyData(s, src, dst, 1)
  return dst
}

/** Migrates the folio that the VMA's PMD maps, device-private or not, into small pages; or leaves it where it is. */
export const migrate_vma_to_small = pageTable.operation(
  'migrate_vma_to_small',
  {
    source: 'mm/migrate_device.c',
    params: { va: Va, device: bool() },
    locals: { folio: Pfn, gone: bool(), ok: bool(), i: int(0, N), nr: int(0, N), dst: Pfn },
  },
  ({ step, waitUntil, when, loop, local, call, label, goto }) => [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => {
        mmap_read_lock(s, mmOf(t.va))
        t.gone = !s.vmas[t.va].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    call(
      'migrate_vma_collect(migrate)',
      migrate_vma_collect_huge_pmd,
      { va: t => t.va, device: t => t.device, fault: NONE },
      (t, folio) => {
        t.folio = folio
      },
    ),
    when(t => t.folio === NONE, [goto('out')]),
    call('migrate_device_unmap(): try_to_migrate(folio, 0)', try_to_migrate, {
      folio: t => t.folio,
      split: false,
      sync: false,
      batch: false,
      rmapLocked: false,
    }),
    step('migrate_vma_check_page(page, fault_page)', (s, t) => {
      const page = pageAt(s, t.folio)
      t.ok = page.lmap === 0 && page.ref === 1
    }),
    when(
      t => t.ok,
      [
        call(
          'migrate_vma_split_unmapped_folio(migrate, idx, addr, folio)',
          migrate_vma_split_unmapped_folio,
          { va: t => t.va, folio: t => t.folio },
          (t, ok) => {
            t.ok = ok
          },
        ),
      ],
    ),
    local(t => {
      t.nr = t.ok ? 1 : N
    }),
    loop(
      t => t.i < N,
      [
        when(
          t => t.ok,
          [
            step('folio_migrate_mapping(mapping, newfolio, folio, extra_cnt); folio_copy()', (s, t) => {
              t.dst = copyPiece(s, t.folio + t.i)
            }),
          ],
        ),
        call('remove_migration_ptes(src, dst, 0)', remove_migration_ptes, {
          src: t => t.folio + t.i,
          dst: t => (t.dst === NONE ? t.folio + t.i : t.dst),
          rmapLocked: false,
        }),
        step('folio_unlock(src)', (s, t) => {
          folio_unlock(s, t.folio + t.i)
        }),
        call('folio_put(src)', folio_put, { folio: t => t.folio + t.i }),
        when(
          t => t.dst !== NONE,
          [
            step('folio_unlock(dst)', (s, t) => {
              folio_unlock(s, t.dst)
            }),
            call('folio_put(dst)', folio_put, { folio: t => t.dst }),
          ],
        ),
        local(t => {
          t.i += t.nr
          t.dst = NONE
        }),
      ],
    ),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
