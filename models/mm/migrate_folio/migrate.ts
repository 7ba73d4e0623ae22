import { bool, int, NONE } from 'foliocheck'
import {
  alloc_device,
  alloc_large,
  alloc_small,
  copyData,
  folio_expected_ref_count,
  folio_is_device_private,
  folio_mapped,
  folio_nr_pages,
  folio_test_large,
  folio_try_get,
  folio_trylock,
  folio_unlock,
  folio_unlocked,
  pageAt,
  take_folio_lock,
} from '../../machine/page-table/index.js'
import { may_sleep } from '../../machine/page-table/locks.js'
import { Pfn } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { remove_migration_ptes } from '../migrate_entries/remove.js'
import { try_to_migrate } from '../rmap/migrate.js'

/**
 * Migration with its page-table part exact and its bookkeeping small: one folio, whole or not at all.
 *
 * | kernel function     | steps                                        | abstracted, and why that is sound                    |
 * |---------------------|----------------------------------------------|------------------------------------------------------|
 * | the common part     | try_to_migrate; check; allocate; mapping;    | The copy is one step: per page it is before or after |
 * |                     | copy; remove_migration_ptes; unlock; put     | a store.                                             |
 * | migrate_folio       | get; lock; common; unlock; put               | LRU isolation is the reference that it takes.        |
 * | migrate_device_pfns | try_get; trylock; common; unlock; put        | The driver's eviction: no mmap_lock, any time.       |
 */

/** What of the source's metadata the destination gets. A page that comes from the device is dirty. */
export function takeOver(s: State, src: number, dst: number): void {
  const from = pageAt(s, src)
  const to = pageAt(s, dst)
  to.anon = from.anon
  to.index = from.index
  to.lazyFree = from.lazyFree
  to.dirty = from.dirty || folio_is_device_private(src)
  from.uncharged = true
  if (to.large) s.nrAnon++
}

const params = { folio: Pfn, toDevice: bool(), own: int(0, 2) }
const locals = { dst: Pfn, ok: bool() }

/** Up to the copy: `ok` says whether all of it was possible, `dst` which folio was allocated. */
export function unmapAndCopy({ step, when, call }: Words<typeof params, typeof locals>) {
  return [
    call('try_to_migrate(src, 0)', try_to_migrate, {
      folio: t => t.folio,
      split: false,
      sync: false,
      batch: false,
      rmapLocked: false,
    }),
    step('dst = alloc_migration_target(src)', (s, t) => {
      t.ok = !folio_mapped(s, t.folio)
      if (!t.ok) return
      const large = folio_test_large(s, t.folio)
      t.dst = t.toDevice ? alloc_device(s, large) : large ? alloc_large(s) : alloc_small(s)
      if (t.dst === NONE) t.ok = false
      else if (!t.toDevice) take_folio_lock(s, t.dst)
    }),
    when(
      t => t.ok,
      [
        step('folio_migrate_mapping(mapping, dst, src, extra_count)', (s, t) => {
          t.ok = pageAt(s, t.folio).ref === folio_expected_ref_count(s, t.folio) + t.own
          if (t.ok) takeOver(s, t.folio, t.dst)
        }),
      ],
    ),
    when(
      t => t.ok,
      [
        step('folio_mc_copy(dst, src)', (s, t) => {
          copyData(s, t.folio, t.dst, folio_nr_pages(s, t.folio))
        }),
      ],
    ),
  ]
}

/** Replaces the entries of a locked folio, of which the caller owns `own` references, by those of a copy; or gives up. */
export const migrate_locked = pageTable.operation(
  'migrate_locked',
  { source: 'mm/migrate.c', params, locals },
  words => {
    const { step, when, call } = words
    return [
      ...unmapAndCopy(words),
      call('remove_migration_ptes(src, dst, 0)', remove_migration_ptes, {
        src: t => t.folio,
        dst: t => (t.ok ? t.dst : t.folio),
        rmapLocked: false,
      }),
      when(
        t => t.dst !== NONE,
        [
          step('folio_unlock(dst)', (s, t) => {
            folio_unlock(s, t.dst)
          }),
          call('folio_put(dst)', folio_put, { folio: t => t.dst }),
        ],
      ),
    ]
  },
)

/** migrate_pages of one folio of system memory, as compaction does it. */
export const migrate_folio = pageTable.operation(
  'migrate_folio',
  { source: 'mm/migrate.c', params: { folio: Pfn }, locals: { got: bool() } },
  ({ step, waitUntil, when, call, ret }) => [
    step('folio_isolate_lru(src)', (s, t) => {
      t.got = s.pages[t.folio].head === t.folio && folio_try_get(s, t.folio)
    }),
    when(t => !t.got, [ret()]),
    waitUntil(
      'folio_lock(src)',
      (s, t) => folio_unlocked(s, t.folio),
      (s, t) => {
        may_sleep(s)
        take_folio_lock(s, t.folio)
      },
    ),
    call('migrate_folio_move(src, dst)', migrate_locked, { folio: t => t.folio, toDevice: false, own: 1 }),
    step('folio_unlock(src)', (s, t) => {
      folio_unlock(s, t.folio)
    }),
    call('folio_put(src)', folio_put, { folio: t => t.folio }),
  ],
)

/** A driver evicts the folio at a frame of its memory. */
export const migrate_device_pfns = pageTable.operation(
  'migrate_device_pfns',
  { source: 'mm/migrate_device.c', params: { page: Pfn }, locals: { folio: Pfn, got: bool() } },
  ({ step, when, call, ret }) => [
    step('folio_get_nontail_page(pfn_to_page(pfn))', (s, t) => {
      t.got = s.pages[t.page].head === t.page && folio_try_get(s, t.page)
      t.folio = t.page
    }),
    when(t => !t.got, [ret()]),
    step('folio_trylock(folio)', (s, t) => {
      t.got = folio_trylock(s, t.folio)
    }),
    when(
      t => t.got,
      [
        call('migrate_device_pages(src_pfns, dst_pfns, npages)', migrate_locked, {
          folio: t => t.folio,
          toDevice: false,
          own: 1,
        }),
        step('folio_unlock(src)', (s, t) => {
          folio_unlock(s, t.folio)
        }),
      ],
    ),
    call('folio_put(src)', folio_put, { folio: t => t.folio }),
  ],
)
