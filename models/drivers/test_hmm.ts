import { bool, NONE } from 'foliocheck'
import {
  beginUse,
  endUse,
  folio_pgmap,
  page_folio,
  pageAt,
  pop,
  push,
  set_pgmap,
  set_zone_device_data,
  zone_device_data,
} from '../machine/index.js'
import { Order, PAGES, Pfn, PgmapRef, PMD_ORDER, type State, type Words, zoneDevice } from '../machine/state.js'
import { lock_page } from '../mm/filemap.js'
import {
  zone_device_folio_init_v6_19,
  zone_device_folio_init_v7_0,
  zone_device_page_init_v6_1,
} from '../mm/memremap/init.js'

/**
 * lib/test_hmm.c: the allocator and the callbacks.
 *
 * | driver function           | steps                                | abstracted, and why that is sound                  |
 * |---------------------------|--------------------------------------|----------------------------------------------------|
 * | dmirror_allocate_chunk    | push of all pages                    | One chunk: another one would be another pagemap.   |
 * | dmirror_devmem_alloc_page | pop; init; zone_device_data          | The backing page is the order it was allocated     |
 * |                           |                                      | with; what lies in it is nobody's concern here.    |
 * | dmirror_devmem_free       | backing page; push                   | The spinlock: each section is one step.            |
 * | dmirror_devmem_folio_split| one per word of the piece            | –                                                  |
 */
const source = 'lib/test_hmm.c'

const pagesOf = (large: boolean) => (large ? 1 << PMD_ORDER : 1)

/** Puts the pages of the chunk on a free list. */
export const dmirror_allocate_chunk = zoneDevice.operation(
  'dmirror_allocate_chunk',
  { source, params: { is_large: bool() } },
  ({ step }) => [
    step('spin_lock; mdevice->free_pages = all pages; spin_unlock', (s, t) => {
      s.lists.of = 'test_hmm'
      for (let p = 0; p < PAGES; p += pagesOf(t.is_large)) push(s, p, t.is_large)
    }),
  ],
)

const alloc = {
  source,
  params: { is_large: bool() },
  locals: { dpage: Pfn, folio: Pfn, pgmap: PgmapRef },
  returns: Pfn,
}
type AllocWords = Words<typeof alloc.params, typeof alloc.locals>

/** dmirror_devmem_alloc_page with a version's way to make a folio of the page. */
function allocPage(make: (words: AllocWords) => ReturnType<AllocWords['step']>[]) {
  return zoneDevice.operation('dmirror_devmem_alloc_page', alloc, words => [
    words.step('spin_lock; dpage = mdevice->free_pages; spin_unlock', (s, t) => {
      t.dpage = pop(s, t.is_large, pagesOf(t.is_large))
    }),
    words.when(t => t.dpage === NONE, [words.ret(() => NONE)]),
    ...make(words as never),
    words.ret(t => t.dpage),
  ])
}

function setBacking(s: State, page: number, order: number): void {
  set_zone_device_data(s, page, 'backing', order)
}

const orderOf = (t: { is_large: boolean }) => (t.is_large ? PMD_ORDER : 0)

/** Until v6.0: a free page has count 1 already. */
export const dmirror_devmem_alloc_page_v6_0 = allocPage(({ step, call }) => [
  step('dpage->zone_device_data = rpage', (s, t) => {
    setBacking(s, t.dpage, 0)
    beginUse(s, t.dpage, 1)
  }),
  call('lock_page(dpage)', lock_page, { page: t => t.dpage }),
])

/** v6.1 to v6.18. */
export const dmirror_devmem_alloc_page_v6_1 = allocPage(({ step, call }) => [
  call('zone_device_page_init(dpage)', zone_device_page_init_v6_1, { page: t => t.dpage }),
  step('dpage->zone_device_data = rpage', (s, t) => {
    setBacking(s, t.dpage, 0)
  }),
])

/** v6.19-rc1: asks the free page for its folio. */
export const dmirror_devmem_alloc_page_v6_19 = allocPage(({ step, call }) => [
  step('folio = page_folio(dpage)', (s, t) => {
    t.folio = page_folio(s, t.dpage)
  }),
  call('zone_device_folio_init(folio, order)', zone_device_folio_init_v6_19, { folio: t => t.folio, order: orderOf }),
  step('dpage->zone_device_data = rpage', (s, t) => {
    setBacking(s, t.dpage, orderOf(t))
  }),
])

/** v7.0: asks it for its pagemap too. */
export const dmirror_devmem_alloc_page_v7_0 = allocPage(({ step, call }) => [
  step('folio = page_folio(dpage)', (s, t) => {
    t.folio = page_folio(s, t.dpage)
  }),
  step('pgmap = page_pgmap(folio_page(folio, 0))', (s, t) => {
    t.pgmap = folio_pgmap(s, page_folio(s, t.folio))
  }),
  call('zone_device_folio_init(folio, pgmap, order)', zone_device_folio_init_v7_0, {
    folio: t => t.folio,
    pgmap: t => t.pgmap,
    order: orderOf,
  }),
  step('dpage->zone_device_data = rpage', (s, t) => {
    setBacking(s, t.dpage, orderOf(t))
  }),
])

/** Frees the backing page, whose order says which list the device page goes to. */
export function takeBacking(s: State, page: number): number {
  folio_pgmap(s, page)
  return zone_device_data(s, page, 'backing')
}

/** Back to the free list, unless the chunk is being removed. */
export function giveBack(s: State, page: number, order: number): void {
  pageAt(s, page)
  endUse(s, page, s.lists.remove ? 'driver' : 'pool')
  if (!s.lists.remove) push(s, page, order > 0)
}

const TAKE = 'order = folio_order(page_folio(rpage)); __free_pages(rpage, order)'
const GIVE = 'spin_lock; mdevice->free_pages = page; spin_unlock'

/** dev_pagemap_ops.page_free, until v6.18. */
export const dmirror_devmem_free_v6_0 = zoneDevice.operation(
  'dmirror_devmem_free',
  { source, params: { page: Pfn } },
  ({ step }) => [
    step('__free_page(rpage)', (s, t) => {
      takeBacking(s, t.page)
    }),
    step(GIVE, (s, t) => {
      giveBack(s, t.page, 0)
    }),
  ],
)

/** dev_pagemap_ops.folio_free. */
export const dmirror_devmem_free = zoneDevice.operation(
  'dmirror_devmem_free',
  { source, params: { folio: Pfn }, locals: { order: Order } },
  ({ step }) => [
    step(TAKE, (s, t) => {
      t.order = takeBacking(s, t.folio)
    }),
    step(GIVE, (s, t) => {
      giveBack(s, t.folio, t.order)
    }),
  ],
)

/** dev_pagemap_ops.folio_split: each piece gets its part of the backing folio, and its pagemap. */
export const dmirror_devmem_folio_split = zoneDevice.operation(
  'dmirror_devmem_folio_split',
  { source, params: { original: Pfn, replacement: Pfn } },
  ({ step, when, ret }) => [
    when(
      t => t.replacement === NONE,
      [
        step('folio_reset_order(rfolio)', (s, t) => {
          zone_device_data(s, t.original, 'backing')
          setBacking(s, t.original, 0)
        }),
        ret(),
      ],
    ),
    step('tail->page.zone_device_data = rpage_tail', (s, t) => {
      zone_device_data(s, t.original, 'backing')
      setBacking(s, t.replacement, 0)
    }),
    step('tail->page.mapping = head->page.mapping', (s, t) => {
      pageAt(s, t.replacement).mapping = pageAt(s, t.original).mapping
    }),
    step('tail->pgmap = head->pgmap', (s, t) => {
      set_pgmap(s, t.replacement, folio_pgmap(s, t.original))
    }),
  ],
)

/** The ops table that a scenario binds. */
export const dmirror_devmem_ops = {
  page_free: dmirror_devmem_free_v6_0,
  folio_free: dmirror_devmem_free,
  folio_split: dmirror_devmem_folio_split,
}
