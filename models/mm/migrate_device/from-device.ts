import { bool, expect, NONE } from 'foliocheck'
import { chargeMoved, scanCovers } from '../../../properties/eviction.js'
import {
  folio_nr_pages,
  folio_nr_pages_held,
  folio_try_get,
  folio_trylock,
  folio_unlock,
  page_folio,
  page_folio_held,
  pageAt,
  set_memcg,
} from '../../machine/index.js'
import { NrPages, PAGES, Pfn, type State, type Words, zoneDevice } from '../../machine/state.js'
import { folio_put } from '../swap.js'
import { remove_migration_ptes, try_to_migrate } from './entries.js'

/**
 * Eviction by pfn: no mm, no mmap_lock, and no reference to begin with. src_pfns is the evictor's own.
 *
 * | kernel function         | steps                                   | abstracted, and why that is sound                   |
 * |-------------------------|-----------------------------------------|-----------------------------------------------------|
 * | migrate_device_range,   | per pfn page_folio, get, trylock, nr    | One function: they differ in where the pfns come    |
 * | migrate_device_pfns     |                                         | from.                                               |
 * | migrate_device_unmap    | per folio: size, rmap walk, check;      | LRU: device folios are on none.                     |
 * |                         | per failure: restore, unlock, put       |                                                     |
 * | migrate_device_pages    | per folio: count as expected; memcg     | The destination is system memory; its allocation    |
 * |                         |                                         | and the copy touch no device page.                  |
 * | migrate_device_finalize | per folio: entries, unlock, put         | The walk finds nothing when migrate_device_pages has |
 * |                         |                                         | not given the destination its mapping.              |
 */

/** Reference and lock for the page of a pfn, or 0. */
export const migrate_device_pfn_lock = zoneDevice.operation(
  'migrate_device_pfn_lock',
  { source: 'mm/migrate_device.c', params: { pfn: Pfn }, locals: { got: bool() }, returns: bool() },
  ({ step, when, call, ret }) => [
    step('folio_get_nontail_page(pfn_to_page(pfn))', (s, t) => {
      t.got = folio_try_get(s, t.pfn)
    }),
    when(t => !t.got, [ret(() => false)]),
    step('folio_trylock(folio)', (s, t) => {
      t.got = folio_trylock(s, t.pfn)
    }),
    when(t => !t.got, [call('folio_put(folio)', folio_put, { folio: t => t.pfn })]),
    ret(t => t.got),
  ],
)

/** Fills one src slot, clears those that it is taken to cover, and says how many pages it covers. */
function store(s: State, pfn: number, locked: boolean, nr: number, end: number): number {
  Object.assign(s.src[pfn], { page: locked ? pfn : NONE, migrate: locked, compound: nr > 1, moved: false })
  for (let p = pfn + 1; p < pfn + nr; p++) {
    expect(scanCovers, p < end, `p${pfn} is taken for ${nr} pages, the array ends before p${end}`)
    if (p >= end) break
    expect(scanCovers, s.pages[p].folio !== p, `p${pfn} is taken for ${nr} pages, p${p} is a folio of its own`)
    Object.assign(s.src[p], { page: NONE, migrate: false, compound: false, moved: false })
  }
  return Math.max(nr, 1)
}

/** The first src slot from `from` on that holds a locked page, or NONE. */
function nextSlot(s: State, from: number, migrate?: boolean): number {
  for (let p = from; p < PAGES; p++) {
    if (s.src[p].page !== NONE && (migrate === undefined || s.src[p].migrate === migrate)) return p
  }
  return NONE
}

function clearSlot(s: State, pfn: number): void {
  Object.assign(s.src[pfn], { page: NONE, migrate: false, compound: false, moved: false })
}

/** Unmaps what the src slots hold; what cannot migrate is put back, unlocked and forgotten. */
export const migrate_device_unmap = zoneDevice.operation(
  'migrate_device_unmap',
  { source: 'mm/migrate_device.c', locals: { i: NrPages, page: Pfn, folio: Pfn, more: bool() } },
  ({ step, when, call, label, goto }) => [
    label('next folio'),
    step('folio = page_folio(page); nr = folio_nr_pages(folio)', (s, t) => {
      t.page = nextSlot(s, t.i)
      if (t.page === NONE) return
      t.folio = page_folio_held(s, t.page)
      const nr = folio_nr_pages_held(s, t.folio)
      if (nr > 1) s.src[t.page].compound = true
      t.i = Math.min(PAGES, t.page + Math.max(nr, 1))
    }),
    when(
      t => t.page !== NONE,
      [
        call('try_to_migrate(folio, 0)', try_to_migrate, { folio: t => t.folio }),
        step('migrate_vma_check_page(page, fault_page)', (s, t) => {
          const { ref, mapcount } = pageAt(s, t.folio)
          if (mapcount > 0 || ref - 2 > mapcount) s.src[t.page].migrate = false
          t.more = nextSlot(s, t.i) !== NONE
          t.page = nextSlot(s, 0, false)
        }),
        when(t => t.more, [goto('next folio')]),
        label('next to restore'),
        when(
          t => t.page !== NONE,
          [
            step('folio = page_folio(page)', (s, t) => {
              t.folio = page_folio_held(s, t.page)
            }),
            call('remove_migration_ptes(folio, folio, 0)', remove_migration_ptes, {
              src: t => t.folio,
              dst: t => t.folio,
            }),
            step('src_pfns[i] = 0; folio_unlock(folio)', (s, t) => {
              clearSlot(s, t.page)
              folio_unlock(s, t.folio)
              t.page = nextSlot(s, 0, false)
            }),
            call('folio_put(folio)', folio_put, { folio: t => t.folio }),
            goto('next to restore'),
          ],
        ),
      ],
    ),
  ],
)

const range = {
  source: 'mm/migrate_device.c',
  params: { start: Pfn, npages: NrPages },
  locals: { i: NrPages, folio: Pfn, locked: bool(), past: bool() },
}
type RangeWords = Words<typeof range.params, typeof range.locals>

/** Looks up the folio of a pfn without a reference to it, then takes one, and the lock, if it can. */
function lockPfn({ step, call }: RangeWords) {
  return [
    step('folio = page_folio(page)', (s, t) => {
      t.folio = page_folio(s, t.start + t.i)
    }),
    call(
      'src_pfns[i] = migrate_device_pfn_lock(pfn)',
      migrate_device_pfn_lock,
      { pfn: t => t.start + t.i },
      (t, locked) => {
        t.locked = locked
      },
    ),
  ]
}

/** Locks every folio it can of the pages from `start` on, and unmaps it. */
export const migrate_device_range = zoneDevice.operation('migrate_device_range', range, words => {
  const { step, loop, call } = words
  return [
    loop(
      t => t.i < t.npages,
      [
        ...lockPfn(words),
        step('nr = folio_nr_pages(folio)', (s, t) => {
          const nr = folio_nr_pages(s, t.folio)
          t.i = Math.min(t.npages, t.i + store(s, t.start + t.i, t.locked, nr, t.start + t.npages))
        }),
      ],
    ),
    call('migrate_device_unmap(src_pfns, npages, NULL)', migrate_device_unmap, {}),
  ]
})

/** Since v7.3: a folio that seems to reach past the end ends the scan. */
export const migrate_device_range_v7_3 = zoneDevice.operation('migrate_device_range', range, words => {
  const { step, loop, call, when } = words
  return [
    loop(
      t => t.i < t.npages && !t.past,
      [
        ...lockPfn(words),
        step('nr = folio_nr_pages(folio)', (s, t) => {
          const nr = folio_nr_pages(s, t.folio)
          t.past = nr > t.npages - t.i
          if (!t.past) t.i += store(s, t.start + t.i, t.locked, nr, t.start + t.npages)
        }),
        when(
          t => t.past && t.locked,
          [
            step('folio_unlock(folio)', (s, t) => {
              folio_unlock(s, t.folio)
            }),
            call('folio_put(folio)', folio_put, { folio: t => t.folio }),
          ],
        ),
      ],
    ),
    call('migrate_device_unmap(src_pfns, npages, NULL)', migrate_device_unmap, {}),
  ]
})

/** Until v6.18: every folio has one page. */
export const migrate_device_range_v6_12 = zoneDevice.operation(
  'migrate_device_range',
  {
    source: 'mm/migrate_device.c',
    params: { start: Pfn, npages: NrPages },
    locals: { i: NrPages, locked: bool() },
  },
  ({ step, loop, call }) => [
    loop(
      t => t.i < t.npages,
      [
        call('migrate_device_pfn_lock(pfn)', migrate_device_pfn_lock, { pfn: t => t.start + t.i }, (t, locked) => {
          t.locked = locked
        }),
        step('src_pfns[i] = pfn', (s, t) => {
          t.i += store(s, t.start + t.i, t.locked, 1, t.start + t.npages)
        }),
      ],
    ),
    call('migrate_device_unmap(src_pfns, npages, NULL)', migrate_device_unmap, {}),
  ],
)

/** Moves what can move. `compound`: whether the driver's destinations are large where the source is. */
export const migrate_device_pages = zoneDevice.operation(
  'migrate_device_pages',
  { source: 'mm/migrate_device.c', params: { compound: bool() }, locals: { page: Pfn, i: NrPages, more: bool() } },
  ({ step, label, goto, when }) => [
    label('next folio'),
    step('folio_migrate_mapping(mapping, dst, src, extra)', (s, t) => {
      t.page = nextSlot(s, t.i, true)
      if (t.page === NONE) return
      const fits = !s.src[t.page].compound || t.compound
      if (!fits || pageAt(s, page_folio_held(s, t.page)).ref !== 1) s.src[t.page].migrate = false
      else s.src[t.page].moved = true
      t.i = t.page + 1
      t.more = nextSlot(s, t.i, true) !== NONE
    }),
    when(
      t => t.page !== NONE,
      [
        step('mem_cgroup_migrate(src, dst)', (s, t) => {
          if (s.src[t.page].migrate) set_memcg(s, page_folio_held(s, t.page), false)
        }),
        when(t => t.more, [goto('next folio')]),
      ],
    ),
  ],
)

/** Replaces the migration entries by entries of the new or the old folio, and lets the old one go. */
export const migrate_device_finalize = zoneDevice.operation(
  'migrate_device_finalize',
  { source: 'mm/migrate_device.c', locals: { page: Pfn, folio: Pfn, dst: Pfn, found: bool(), more: bool() } },
  ({ step, label, goto, when, call }) => [
    label('next folio'),
    step('src = page_folio(page)', (s, t) => {
      t.page = nextSlot(s, 0)
      if (t.page === NONE) return
      t.folio = page_folio_held(s, t.page)
      const { migrate, moved } = s.src[t.page]
      if (migrate && moved) expect(chargeMoved, pageAt(s, t.folio).w7.tag !== 'memcg', `p${t.folio} is charged`)
      t.found = !migrate || moved
      t.dst = migrate ? NONE : t.folio
      clearSlot(s, t.page)
      t.more = nextSlot(s, 0) !== NONE
    }),
    when(
      t => t.page !== NONE,
      [
        when(
          t => t.found,
          [call('remove_migration_ptes(src, dst, 0)', remove_migration_ptes, { src: t => t.folio, dst: t => t.dst })],
        ),
        step('folio_unlock(src)', (s, t) => {
          folio_unlock(s, t.folio)
        }),
        call('folio_put(src)', folio_put, { folio: t => t.folio }),
        when(t => t.more, [goto('next folio')]),
      ],
    ),
  ],
)
