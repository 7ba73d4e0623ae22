import { bool, expect, NONE, plain } from 'foliocheck'
import { boAlive, krefPositive } from '../../properties/drivers.js'
import { writesInside } from '../../properties/layout.js'
import { endUse, folio_pgmap, set_pgmap, set_zone_device_data, zone_device_data } from '../machine/index.js'
import { Bo, Order, Pfn, type State, type Words, zoneDevice } from '../machine/state.js'
import {
  zone_device_folio_init_v6_19,
  zone_device_folio_init_v7_0,
  zone_device_page_init_v6_1,
} from '../mm/memremap/init.js'
import { xe_bo_put_async } from './xe.js'

/**
 * drivers/gpu/drm/drm_pagemap.c: the callbacks and the zdd.
 *
 * | driver function             | steps                                   | abstracted, and why that is sound              |
 * |-----------------------------|-----------------------------------------|------------------------------------------------|
 * | drm_pagemap_folio_free      | zdd of the folio; zdd_put               | –                                              |
 * | drm_pagemap_zdd_put         | kref; detached; release                 | kfree of the zdd: detached stands for it.      |
 * | drm_pagemap_get_devmem_page | init and zone_device_data               | –                                              |
 * | drm_pagemap_folio_split     | pgmap; zone_device_data                 | –                                              |
 */
const source = 'drivers/gpu/drm/drm_pagemap.c'

/** Drops a reference of the zdd; the last one completes `detached` and gives the BO's reference away. */
export const drm_pagemap_zdd_put = zoneDevice.operation(
  'drm_pagemap_zdd_put',
  { source, params: { zdd: Bo }, locals: { last: bool() } },
  ({ step, when, call }) => [
    step('kref_put(&zdd->refcount)', (s, t) => {
      const zdd = s.bos[t.zdd]
      if (!expect(krefPositive, zdd.kref > 0, `zdd${t.zdd}`)) return
      zdd.kref--
      t.last = zdd.kref === 0
    }),
    when(
      t => t.last,
      [
        step('complete_all(&devmem->detached)', (s, t) => {
          s.bos[t.zdd].detached = true
        }),
        call('devmem->ops->devmem_release(devmem)', xe_bo_put_async, { bo: t => t.zdd }),
      ],
    ),
  ],
)

/** The driver's last look at the folio: the pages are the BO's again, and free when the BO is. */
export function takeBack(s: State, folio: number): number {
  const zdd = zone_device_data(s, folio, 'zdd')
  endUse(s, folio, 'driver')
  return zdd
}

/** dev_pagemap_ops.page_free, until v6.18. */
export const drm_pagemap_page_free = zoneDevice.operation(
  'drm_pagemap_page_free',
  { source, params: { page: Pfn }, locals: { zdd: Bo } },
  ({ step, call }) => [
    step('zdd = page->zone_device_data', (s, t) => {
      t.zdd = takeBack(s, t.page)
    }),
    call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, { zdd: t => t.zdd }),
  ],
)

/** dev_pagemap_ops.folio_free. */
export const drm_pagemap_folio_free = zoneDevice.operation(
  'drm_pagemap_folio_free',
  { source, params: { folio: Pfn }, locals: { zdd: Bo } },
  ({ step, call }) => [
    step('zdd = folio_zone_device_data(folio)', (s, t) => {
      t.zdd = takeBack(s, t.folio)
    }),
    call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, { zdd: t => t.zdd }),
  ],
)

/**
 * A page's driver data becomes the zdd, which gets a reference. `mine` is the page that the driver is about to use: what
 * it writes must be its own.
 */
export function setZdd(s: State, page: number, zdd: number, mine = page): void {
  const { block, pages } = s.bos[zdd]
  expect(
    writesInside,
    page >= block && page < block + pages,
    `p${page} gets the driver data that is meant for p${mine}`,
  )
  expect(boAlive, s.bos[zdd].kref > 0, `drm_pagemap_zdd_get(zdd${zdd}) at 0`)
  s.bos[zdd].kref++
  set_zone_device_data(s, page, 'zdd', zdd)
}

const get = { source, params: { page: Pfn, order: Order, zdd: Bo } }

/** The driver's data as it was stored until v6.19: before the page is made a folio. */
export const dataFirst = ({ step }: Words<typeof get.params>) =>
  plain(
    step('page->zone_device_data = drm_pagemap_zdd_get(zdd)', (s, t) => {
      setZdd(s, t.page, t.zdd)
    }),
  )

/** Until v6.18: order 0 only. */
export const drm_pagemap_get_devmem_page_v6_18 = zoneDevice.operation('drm_pagemap_get_devmem_page', get, words => [
  dataFirst(words),
  words.call('zone_device_page_init(page)', zone_device_page_init_v6_1, { page: t => t.page }),
])

/** v6.19-rc1, with the order that the December 2025 series passes. */
export const drm_pagemap_get_devmem_page_v6_19 = zoneDevice.operation('drm_pagemap_get_devmem_page', get, words => [
  dataFirst(words),
  words.call('zone_device_folio_init((struct folio *)page, order)', zone_device_folio_init_v6_19, {
    folio: t => t.page,
    order: t => t.order,
  }),
])

/** v7.0: says which pagemap, never asks the free page, and stores its data when the folio is made. */
export const drm_pagemap_get_devmem_page = zoneDevice.operation(
  'drm_pagemap_get_devmem_page',
  get,
  ({ step, call }) => [
    call('zone_device_folio_init((struct folio *)page, zdd->dpagemap->pagemap, order)', zone_device_folio_init_v7_0, {
      folio: t => t.page,
      pgmap: 0,
      order: t => t.order,
    }),
    step('folio_set_zone_device_data(page_folio(page), drm_pagemap_zdd_get(zdd))', (s, t) => {
      setZdd(s, t.page, t.zdd)
    }),
  ],
)

/** dev_pagemap_ops.folio_split. */
export const drm_pagemap_folio_split = zoneDevice.operation(
  'drm_pagemap_folio_split',
  { source, params: { original: Pfn, replacement: Pfn } },
  ({ step, when, ret }) => [
    when(t => t.replacement === NONE, [ret()]),
    step('new_folio->pgmap = orig_folio->pgmap', (s, t) => {
      set_pgmap(s, t.replacement, folio_pgmap(s, t.original))
    }),
    step('folio_set_zone_device_data(new_folio, drm_pagemap_zdd_get(zdd))', (s, t) => {
      setZdd(s, t.replacement, zone_device_data(s, t.original, 'zdd'))
    }),
  ],
)

/** The ops table that a scenario binds. */
export const drm_pagemap_pagemap_ops = {
  page_free: drm_pagemap_page_free,
  folio_free: drm_pagemap_folio_free,
  folio_split: drm_pagemap_folio_split,
}
