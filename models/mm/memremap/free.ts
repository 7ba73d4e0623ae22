import { expect, NONE, plain } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { writesInside } from '../../../properties/layout.js'
import { freeOnlyUnused } from '../../../properties/ownership.js'
import {
  folio_free,
  folio_memcg,
  folio_nr_pages_held,
  folio_pgmap,
  isLiveHead,
  page_free,
  pageOfLife,
  percpu_ref_put_many,
  set_memcg,
} from '../../machine/index.js'
import { Life, NrPages, PAGES, Pfn, PgmapRef, type State, type Words, zoneDevice } from '../../machine/state.js'

/**
 * | kernel function        | steps                                    | abstracted, and why that is sound                |
 * |------------------------|------------------------------------------|--------------------------------------------------|
 * | free_zone_device_folio,| pgmap, nr, uncharge, exclusive, mapping, | Only MEMORY_DEVICE_PRIVATE: the other types take  |
 * | free_zone_device_page  | ->folio_free(), put of the pagemap's      | other branches. memcg is one word, because it is |
 * |                        | reference                                | also _nr_pages. The loop over PG_anon_exclusive  |
 * |                        |                                          | is one step: nobody reads that bit of a folio    |
 * |                        |                                          | whose count is 0. NR_ANON statistics are left    |
 * |                        |                                          | out: no branch reads them.                       |
 */

/** Ghost: the folio's last use begins. Returns the life in which the freeing thread knows it. */
export function beginFree(s: State, folio: number): number {
  const page = s.pages[folio]
  const named = s.slots.some(slot => slot.page >= 0 && s.pages[slot.page].folio === folio)
  expect(freeOnlyUnused, isLiveHead(s, folio), `p${folio} is no folio in use`)
  expect(freeOnlyUnused, page.ref === 0, `p${folio} has ${page.ref} references`)
  expect(freeOnlyUnused, page.mapcount === 0 && !named, `p${folio} is still mapped`)
  expect(freeOnlyUnused, page.locker < 0, `p${folio} is locked by cpu${page.locker}`)
  return page.life
}

/** mem_cgroup_uncharge: follows memcg_data, and clears it. */
export function uncharge(s: State, folio: number, life: number): void {
  pageOfLife(s, folio, life)
  if (folio_memcg(s, folio)) set_memcg(s, folio, false)
}

/** The loop of __ClearPageAnonExclusive over `nr` pages; the flags words that it rewrites must be the folio's own. */
export function clear_anon_exclusive(s: State, folio: number, nr: number, life: number): void {
  if (pageOfLife(s, folio, life).mapping !== 'anon') return
  for (let p = folio; p < folio + nr; p++) {
    const own = p < PAGES && s.pages[p].folio === s.pages[folio].folio
    expect(writesInside, own, `the flags of p${p} are written by the free of p${folio}`)
    if (p < PAGES) s.pages[p].anonExclusive = false
  }
}

/** Until v6.0: a page goes back to the driver with count 0, and is then set to 1 for its next user. */
export const free_zone_device_page_v6_0 = zoneDevice.operation(
  'free_zone_device_page',
  { source: 'mm/memremap.c', params: { page: Pfn }, locals: { life: Life } },
  ({ step, call }) => [
    step('WARN_ON_ONCE(!page->pgmap->ops)', (s, t) => {
      t.life = beginFree(s, t.page)
      folio_pgmap(s, t.page)
    }),
    step('mem_cgroup_uncharge(page_folio(page))', (s, t) => {
      uncharge(s, t.page, t.life)
    }),
    step('__ClearPageAnonExclusive(page)', (s, t) => {
      clear_anon_exclusive(s, t.page, 1, t.life)
    }),
    plain(
      step('page->mapping = NULL', (s, t) => {
        pageOfLife(s, t.page, t.life).mapping = 'null'
      }),
    ),
    call('page->pgmap->ops->page_free(page)', page_free, { page: t => t.page }),
    step('set_page_count(page, 1)', (s, t) => {
      pageOfLife(s, t.page, t.life).ref = 1
    }),
  ],
)

/** v6.1 to v6.14: the page's pagemap reference is put through a pointer that is read after the callback. */
export const free_zone_device_folio_v6_12 = zoneDevice.operation(
  'free_zone_device_folio',
  { source: 'mm/memremap.c', params: { folio: Pfn }, locals: { life: Life } },
  ({ step, call }) => [
    step('WARN_ON_ONCE(!folio->page.pgmap->ops)', (s, t) => {
      t.life = beginFree(s, t.folio)
      folio_pgmap(s, t.folio)
    }),
    step('mem_cgroup_uncharge(folio)', (s, t) => {
      uncharge(s, t.folio, t.life)
    }),
    step('__ClearPageAnonExclusive(folio_page(folio, 0))', (s, t) => {
      clear_anon_exclusive(s, t.folio, 1, t.life)
    }),
    plain(
      step('folio->mapping = NULL', (s, t) => {
        pageOfLife(s, t.folio, t.life).mapping = 'null'
      }),
    ),
    call('folio->page.pgmap->ops->page_free(folio_page(folio, 0))', page_free, { page: t => t.folio }),
    plain(
      step('put_dev_pagemap(folio->page.pgmap)', (s, t) => {
        pageOfLife(s, t.folio, t.life)
        percpu_ref_put_many(s, folio_pgmap(s, t.folio), 1)
      }),
    ),
  ],
)

/** v6.15 to v6.18: order 0 only, and the pagemap's pointer is read once. */
export const free_zone_device_folio_v6_18 = zoneDevice.operation(
  'free_zone_device_folio',
  { source: 'mm/memremap.c', params: { folio: Pfn }, locals: { pgmap: PgmapRef, life: Life } },
  ({ step, when, call, ret }) => [
    step('pgmap = folio->pgmap', (s, t) => {
      t.life = beginFree(s, t.folio)
      t.pgmap = folio_pgmap(s, t.folio)
      expect(noWarning, t.pgmap !== NONE, 'WARN_ON_ONCE(!pgmap)')
    }),
    when(t => t.pgmap === NONE, [ret()]),
    step('mem_cgroup_uncharge(folio)', (s, t) => {
      uncharge(s, t.folio, t.life)
    }),
    step('__ClearPageAnonExclusive(folio_page(folio, 0))', (s, t) => {
      clear_anon_exclusive(s, t.folio, 1, t.life)
    }),
    plain(
      step('folio->mapping = NULL', (s, t) => {
        pageOfLife(s, t.folio, t.life).mapping = 'null'
      }),
    ),
    call('pgmap->ops->page_free(folio_page(folio, 0))', page_free, { page: t => t.folio }),
    step('put_dev_pagemap(pgmap)', (s, t) => {
      percpu_ref_put_many(s, t.pgmap, 1)
    }),
  ],
)

/** The locals of every version since large folios. */
export const large = {
  source: 'mm/memremap.c',
  params: { folio: Pfn },
  locals: { pgmap: PgmapRef, nr: NrPages, life: Life },
}

/** What every version since large folios does before the callback. */
export function beforeCallback({ step, when, ret }: Words<typeof large.params, typeof large.locals>) {
  return [
    step('pgmap = folio->pgmap', (s, t) => {
      t.life = beginFree(s, t.folio)
      t.pgmap = folio_pgmap(s, t.folio)
    }),
    step('nr = folio_nr_pages(folio)', (s, t) => {
      t.nr = folio_nr_pages_held(s, t.folio)
      expect(noWarning, t.pgmap !== NONE, 'WARN_ON_ONCE(!pgmap)')
    }),
    when(t => t.pgmap === NONE, [ret()]),
    step('mem_cgroup_uncharge(folio)', (s, t) => {
      uncharge(s, t.folio, t.life)
    }),
    step('__ClearPageAnonExclusive(folio_page(folio, i))', (s, t) => {
      clear_anon_exclusive(s, t.folio, t.nr, t.life)
    }),
    plain(
      step('folio->mapping = NULL', (s, t) => {
        pageOfLife(s, t.folio, t.life).mapping = 'null'
      }),
    ),
  ]
}

/** As merged for v6.19-rc1: the size is learnt before the callback, the pagemap is read again after it. */
export const free_zone_device_folio_v6_19 = zoneDevice.operation('free_zone_device_folio', large, words => [
  ...beforeCallback(words),
  words.call('pgmap->ops->folio_free(folio)', folio_free, { folio: t => t.folio }),
  plain(
    words.step('percpu_ref_put_many(&folio->pgmap->ref, nr)', (s, t) => {
      pageOfLife(s, t.folio, t.life)
      percpu_ref_put_many(s, folio_pgmap(s, t.folio), t.nr)
    }),
  ),
])

/** v7.1: after the callback only locals are used. */
export const free_zone_device_folio_v7_1 = zoneDevice.operation('free_zone_device_folio', large, words => [
  ...beforeCallback(words),
  words.call('pgmap->ops->folio_free(folio)', folio_free, { folio: t => t.folio }),
  words.step('percpu_ref_put_many(&pgmap->ref, nr)', (s, t) => {
    percpu_ref_put_many(s, t.pgmap, t.nr)
  }),
])
