import { bool, demand, expect, NONE } from 'foliocheck'
import { noWarning } from '../../properties/kernel-warnings.js'
import { pgmapWord } from '../../properties/layout.js'
import {
  beginUse,
  endUse,
  folio_order_held,
  folio_pgmap,
  page_folio,
  pageAt,
  pop,
  push,
  set_pgmap,
  set_zone_device_data,
  zone_device_data,
} from '../machine/index.js'
import { PAGES, Pfn, PgmapRef, PMD_ORDER, type State, type Words, zoneDevice } from '../machine/state.js'
import { lock_page } from '../mm/filemap.js'
import {
  zone_device_folio_init_v6_19,
  zone_device_folio_init_v7_0,
  zone_device_page_init_v6_1,
} from '../mm/memremap/init.js'

/**
 * drivers/gpu/drm/nouveau/nouveau_dmem.c: the allocator and the callbacks.
 *
 * | driver function                | steps                           | abstracted, and why that is sound                  |
 * |--------------------------------|---------------------------------|----------------------------------------------------|
 * | nouveau_dmem_chunk_alloc       | pin; push of all pages          | One chunk: another one would be another pagemap.   |
 * | nouveau_dmem_page_alloc_locked | pop and count; init             | The spinlock: each section is one step.            |
 * | nouveau_dmem_folio_free        | chunk; push and count           | –                                                  |
 * | nouveau_dmem_folio_split       | one per word of the piece       | –                                                  |
 */
const source = 'drivers/gpu/drm/nouveau/nouveau_dmem.c'

const pagesOf = (large: boolean) => (large ? 1 << PMD_ORDER : 1)
const orderOf = (t: { is_large: boolean }) => (t.is_large ? PMD_ORDER : 0)

/** Puts the pages of the chunk on a free list. */
export const nouveau_dmem_chunk_alloc = zoneDevice.operation(
  'nouveau_dmem_chunk_alloc',
  { source, params: { is_large: bool() } },
  ({ step }) => [
    step('nouveau_bo_new_pin(); spin_lock; dmem->free_pages = all pages; spin_unlock', (s, t) => {
      s.lists.of = 'nouveau'
      s.lists.pinned = true
      for (let p = 0; p < PAGES; p += pagesOf(t.is_large)) push(s, p, t.is_large)
    }),
  ],
)

const alloc = {
  source,
  params: { is_large: bool() },
  locals: { page: Pfn, folio: Pfn, pgmap: PgmapRef },
  returns: Pfn,
}
type AllocWords = Words<typeof alloc.params, typeof alloc.locals>

/** nouveau_dmem_page_alloc_locked with a version's way to make a folio of the page. */
function allocPage(
  make: (words: AllocWords) => ReturnType<AllocWords['step']>[],
  popped: (s: State, page: number) => void = () => undefined,
) {
  return zoneDevice.operation('nouveau_dmem_page_alloc_locked', alloc, words => [
    words.step('spin_lock; page = dmem->free_pages; chunk->callocated++; spin_unlock', (s, t) => {
      t.page = pop(s, t.is_large, pagesOf(t.is_large))
      if (t.page === NONE) return
      folio_pgmap(s, page_folio(s, t.page))
      s.lists.callocated++
      popped(s, t.page)
    }),
    words.when(t => t.page === NONE, [words.ret(() => NONE)]),
    ...make(words as never),
    words.ret(t => t.page),
  ])
}

/** Until v6.0: a free page has count 1 already. */
export const nouveau_dmem_page_alloc_locked_v6_0 = allocPage(
  ({ call }) => [call('lock_page(page)', lock_page, { page: t => t.page })],
  (s, page) => beginUse(s, page, 1),
)

/** v6.1 to v6.18. */
export const nouveau_dmem_page_alloc_locked_v6_1 = allocPage(({ call }) => [
  call('zone_device_page_init(page)', zone_device_page_init_v6_1, { page: t => t.page }),
])

/** v6.19-rc1: asks the free page for its folio. */
export const nouveau_dmem_page_alloc_locked_v6_19 = allocPage(({ step, call }) => [
  step('folio = page_folio(page)', (s, t) => {
    t.folio = page_folio(s, t.page)
  }),
  call('zone_device_folio_init(folio, order)', zone_device_folio_init_v6_19, { folio: t => t.folio, order: orderOf }),
])

/** v7.0: asks it for its pagemap too. */
export const nouveau_dmem_page_alloc_locked_v7_0 = allocPage(({ step, call }) => [
  step('folio = page_folio(page)', (s, t) => {
    t.folio = page_folio(s, t.page)
  }),
  step('pgmap = page_pgmap(folio_page(folio, 0))', (s, t) => {
    t.pgmap = folio_pgmap(s, page_folio(s, t.folio))
  }),
  call('zone_device_folio_init(folio, pgmap, order)', zone_device_folio_init_v7_0, {
    folio: t => t.folio,
    pgmap: t => t.pgmap,
    order: orderOf,
  }),
])

/** Back to the free list of its size. */
export function giveBack(s: State, page: number, large: boolean, chunk: number): void {
  demand(pgmapWord, chunk !== NONE, 'NULL chunk')
  endUse(s, page, 'pool')
  push(s, page, large)
  expect(noWarning, s.lists.callocated > 0, 'WARN_ON(!chunk->callocated)')
  s.lists.callocated = s.lists.callocated === 0 ? 15 : s.lists.callocated - 1
}

/** dev_pagemap_ops.page_free, until v6.18. */
export const nouveau_dmem_page_free = zoneDevice.operation(
  'nouveau_dmem_page_free',
  { source, params: { page: Pfn }, locals: { chunk: PgmapRef } },
  ({ step }) => [
    step('chunk = nouveau_page_to_chunk(page)', (s, t) => {
      t.chunk = folio_pgmap(s, t.page)
    }),
    step('spin_lock; dmem->free_pages = page; chunk->callocated--; spin_unlock', (s, t) => {
      giveBack(s, t.page, false, t.chunk)
    }),
  ],
)

/** dev_pagemap_ops.folio_free. */
export const nouveau_dmem_folio_free = zoneDevice.operation(
  'nouveau_dmem_folio_free',
  { source, params: { folio: Pfn }, locals: { chunk: PgmapRef } },
  ({ step }) => [
    step('chunk = nouveau_page_to_chunk(page)', (s, t) => {
      t.chunk = folio_pgmap(s, page_folio(s, t.folio))
    }),
    step('spin_lock; free list of folio_order(folio) = folio; chunk->callocated--; spin_unlock', (s, t) => {
      giveBack(s, t.folio, folio_order_held(s, t.folio) > 0, t.chunk)
    }),
  ],
)

const split = { source, params: { original: Pfn, replacement: Pfn } }
type SplitWords = Words<typeof split.params>

/** The piece gets what its head has: what all versions share. */
function copyToPiece({ step, when, ret }: SplitWords) {
  return [
    when(t => t.replacement === NONE, [ret()]),
    step('tail->pgmap = head->pgmap', (s, t) => {
      set_pgmap(s, t.replacement, folio_pgmap(s, t.original))
    }),
    step('tail->mapping = head->mapping', (s, t) => {
      pageAt(s, t.replacement).mapping = pageAt(s, t.original).mapping
    }),
    step('folio_set_zone_device_data(tail, folio_zone_device_data(head))', (s, t) => {
      zone_device_data(s, t.original, 'svmm')
      set_zone_device_data(s, t.replacement, 'svmm')
    }),
  ]
}

/** dev_pagemap_ops.folio_split. The number of allocations stays as it is. */
export const nouveau_dmem_folio_split = zoneDevice.operation('nouveau_dmem_folio_split', split, copyToPiece)

/** The piece is an allocation of its own: it will be freed by itself. */
export function countPiece({ step }: Pick<SplitWords, 'step'>) {
  return step('spin_lock; chunk->callocated++; spin_unlock', s => {
    s.lists.callocated++
  })
}

/** Since v7.3: each piece counts. */
export const nouveau_dmem_folio_split_v7_3 = zoneDevice.operation('nouveau_dmem_folio_split', split, words => [
  ...copyToPiece(words),
  countPiece(words),
])

/** The ops table that a scenario binds. */
export const nouveau_dmem_pagemap_ops = {
  page_free: nouveau_dmem_page_free,
  folio_free: nouveau_dmem_folio_free,
  folio_split: nouveau_dmem_folio_split,
}
