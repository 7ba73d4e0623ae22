import { bool, expect, int, NONE } from 'foliocheck'
import { blockUnused, krefPositive } from '../../properties/drivers.js'
import { endUse, set_zone_device_data, zone_device_data } from '../machine/index.js'
import { BOS, Bo, NrPages, Order, PAGES, Pfn, Slot, type State, zoneDevice } from '../machine/state.js'
import { zone_device_folio_init_v6_19, zone_device_folio_init_v7_0 } from '../mm/memremap/init.js'
import { __migrate_device_finalize, __migrate_device_pages } from '../mm/migrate.js'

/**
 * drm_pagemap with xe below it.
 *
 * | driver function                 | steps                              | abstracted, and why that is sound            |
 * |---------------------------------|------------------------------------|----------------------------------------------|
 * | xe_bo_create_locked             | one choice                         | The buddy allocator is any aligned free block |
 * |                                 |                                    | of the order: a superset of what it returns.  |
 * | drm_pagemap_migrate_to_devmem   | init, pages, finalize per folio;   | Holes and sources: see mm/migrate.ts. One BO  |
 * |                                 | put of the creator's references    | and one zdd per migration, numbered alike.    |
 * | drm_pagemap_folio_free          | zdd of the folio; zdd_put          | –                                             |
 * | drm_pagemap_zdd_put             | kref, detached, release            | Freeing the zdd: it is not used after detach. |
 * | xe_bo_dev_work_func             | destroys a queued BO               | Fences: the BO is idle when it gets here.     |
 */

/** The BO slot that the next xe_bo_create takes, or NONE. */
function freeBo(s: State): number {
  for (let bo = 0; bo < BOS; bo++) if (s.bos[bo].pages === 0) return bo
  return NONE
}

/** Whether an aligned block of `nr` pages from `start` on is free. */
function isFreeBlock(s: State, start: number, nr: number): boolean {
  if (start % nr !== 0) return false
  for (let p = start; p < start + nr; p++) if (s.pages[p].owner !== 'pool') return false
  return true
}

const STARTS = Array.from({ length: PAGES }, (_, p) => p)

/** What buddy could hand out for an order; NONE, a failed allocation, when it has nothing. */
function couldReturn(s: State, start: number, order: number): boolean {
  const nr = 1 << order
  if (start !== NONE) return freeBo(s) !== NONE && isFreeBlock(s, start, nr)
  return freeBo(s) === NONE || !STARTS.some(p => isFreeBlock(s, p, nr))
}

/** The pages of a BO go back to the buddy allocator. */
function destroyBo(s: State, bo: number): void {
  const { block, pages } = s.bos[bo]
  for (let p = block; p < block + pages; p++) {
    const { owner, ref } = s.pages[p]
    expect(blockUnused, owner === 'driver' && ref === 0, `p${p} belongs to ${owner}, its count is ${ref}`)
    s.pages[p].owner = 'pool'
  }
  Object.assign(s.bos[bo], { block: NONE, pages: 0, refs: 0, queued: false, kref: 0, detached: false })
}

/** Drops a reference of the zdd; the last one completes `detached` and gives the BO's reference away. */
export const drm_pagemap_zdd_put = zoneDevice.operation(
  'drm_pagemap_zdd_put',
  { source: 'drivers/gpu/drm/drm_pagemap.c', params: { zdd: Bo }, locals: { last: bool() } },
  ({ step, when }) => [
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
        step('xe_bo_put_async(bo)', (s, t) => {
          const bo = s.bos[t.zdd]
          bo.refs--
          bo.queued = bo.refs === 0
        }),
      ],
    ),
  ],
)

/** dev_pagemap_ops.folio_free: the pages are the BO's again; they are free when the BO is. */
export const drm_pagemap_folio_free = zoneDevice.operation(
  'drm_pagemap_folio_free',
  { source: 'drivers/gpu/drm/drm_pagemap.c', params: { folio: Pfn }, locals: { zdd: Bo } },
  ({ step, call }) => [
    step('zdd = folio_zone_device_data(folio)', (s, t) => {
      t.zdd = zone_device_data(s, t.folio, 'zdd')
      endUse(s, t.folio, 'driver')
    }),
    call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, { zdd: t => t.zdd }),
  ],
)

/** Ghost and data: the new folio knows its zdd. */
function setZdd(s: State, page: number, zdd: number): void {
  s.bos[zdd].kref++
  set_zone_device_data(s, page, 'zdd', zdd)
  s.pages[page].building = false
}

/** Makes a folio of device pages, locked and with one reference, that knows its zdd. v7.0: says which pagemap. */
export const drm_pagemap_get_devmem_page = zoneDevice.operation(
  'drm_pagemap_get_devmem_page',
  { source: 'drivers/gpu/drm/drm_pagemap.c', params: { page: Pfn, order: Order, zdd: Bo } },
  ({ step, call }) => [
    call('zone_device_folio_init((struct folio *)page, zdd->dpagemap->pagemap, order)', zone_device_folio_init_v7_0, {
      folio: t => t.page,
      pgmap: 0,
      order: t => t.order,
    }),
    step('folio_set_zone_device_data(folio, drm_pagemap_zdd_get(zdd))', (s, t) => {
      setZdd(s, t.page, t.zdd)
    }),
  ],
)

/** As posted for large folios on top of v6.19-rc1. */
export const drm_pagemap_get_devmem_page_v6_19 = zoneDevice.operation(
  'drm_pagemap_get_devmem_page',
  { source: 'drivers/gpu/drm/drm_pagemap.c', params: { page: Pfn, order: Order, zdd: Bo } },
  ({ step, call }) => [
    call('zone_device_folio_init((struct folio *)page, order)', zone_device_folio_init_v6_19, {
      folio: t => t.page,
      order: t => t.order,
    }),
    step('folio_set_zone_device_data(folio, drm_pagemap_zdd_get(zdd))', (s, t) => {
      setZdd(s, t.page, t.zdd)
    }),
  ],
)

/**
 * Migrates what is at `va` and the places after it to device memory: one BO of order `bo_order`, as folios of `order`.
 * Does nothing when the device is full.
 */
export const drm_pagemap_migrate_to_devmem = zoneDevice.operation(
  'drm_pagemap_migrate_to_devmem',
  {
    source: 'drivers/gpu/drm/drm_pagemap.c',
    params: { va: Slot, bo_order: Order, order: Order },
    locals: { block: Pfn, bo: Bo, i: NrPages, last: bool(), page: int(0, PAGES) },
  },
  ({ step, choose, when, loop, local, call, ret }) => {
    const each = (...body: ReturnType<typeof step>[]) => [
      local(t => {
        t.i = 0
      }),
      loop(
        t => t.i < 1 << t.bo_order,
        [
          ...body,
          local(t => {
            t.i += 1 << t.order
          }),
        ],
      ),
    ]
    return [
      choose(
        'bo = xe_bo_create_locked(); zdd = drm_pagemap_zdd_alloc()',
        [NONE, ...STARTS],
        (s, t, start) => {
          if (start === NONE) return
          t.bo = freeBo(s)
          t.block = start
          Object.assign(s.bos[t.bo], { block: start, pages: 1 << t.bo_order, refs: 2, kref: 1 })
          for (let p = start; p < start + (1 << t.bo_order); p++) s.pages[p].owner = 'driver'
        },
        (s, t, start) => couldReturn(s, start, t.bo_order),
      ),
      when(t => t.bo === NONE, [ret()]),
      ...each(
        call('drm_pagemap_get_devmem_page(page, order, zdd)', drm_pagemap_get_devmem_page, {
          page: t => t.block + t.i,
          order: t => t.order,
          zdd: t => t.bo,
        }),
      ),
      ...each(call('migrate_vma_pages(&migrate)', __migrate_device_pages, { page: t => t.block + t.i })),
      ...each(
        call('migrate_vma_finalize(&migrate)', __migrate_device_finalize, {
          page: t => t.block + t.i,
          va: t => t.va + t.i / (1 << t.order),
        }),
      ),
      call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, { zdd: t => t.bo }),
      step('xe_bo_put(bo)', (s, t) => {
        const bo = s.bos[t.bo]
        bo.refs--
        if (bo.refs === 0) destroyBo(s, t.bo)
      }),
    ]
  },
)

/** The worker that destroys BOs whose last reference was put where nobody may sleep. */
export const xe_bo_dev_work_func = zoneDevice.operation(
  'xe_bo_dev_work_func',
  { source: 'drivers/gpu/drm/xe/xe_bo.c' },
  ({ choose, loop }) => [
    loop(
      () => true,
      [
        choose(
          'xe_ttm_bo_destroy(bo)',
          Array.from({ length: BOS }, (_, bo) => bo),
          (s, _t, bo) => {
            destroyBo(s, bo)
          },
          (s, _t, bo) => s.bos[bo].queued,
        ),
      ],
    ),
  ],
)
