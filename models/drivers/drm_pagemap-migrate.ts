import { bool, expect, int, NONE } from 'foliocheck'
import { boAlive } from '../../properties/drivers.js'
import { folio_unlock, page_folio_held } from '../machine/index.js'
import { BOS, Bo, NrPages, Order, PAGES, Pfn, Slot, type State, zoneDevice } from '../machine/state.js'
import {
  migrate_device_finalize,
  migrate_device_pages,
  migrate_device_range,
} from '../mm/migrate_device/from-device.js'
import {
  migrate_vma_finalize,
  migrate_vma_pages,
  migrate_vma_restore,
  migrate_vma_setup,
} from '../mm/migrate_device/to-device.js'
import { folio_put } from '../mm/swap.js'
import { drm_pagemap_get_devmem_page, drm_pagemap_zdd_put } from './drm_pagemap.js'
import { xe_bo_create_locked, xe_bo_put } from './xe.js'

/**
 * drivers/gpu/drm/drm_pagemap.c: migration, called by xe_svm.
 *
 * | driver function               | steps                               | abstracted, and why that is sound               |
 * |-------------------------------|-------------------------------------|-------------------------------------------------|
 * | drm_pagemap_migrate_to_devmem | BO; per folio setup, init; copy;    | All or nothing, as in the driver; whether all   |
 * |                               | per folio pages, finalize; puts     | was collected is not modelled. The copy may     |
 * |                               |                                     | fail.                                           |
 * | drm_pagemap_evict_to_ram      | sweep; pages; finalize              | One round; the copy; destinations are there.    |
 */
const source = 'drivers/gpu/drm/drm_pagemap.c'

/** Drops the reservation lock of a BO that the caller still holds. */
function unreserve(s: State, bo: number): void {
  expect(boAlive, s.bos[bo].refs > 0 && s.bos[bo].reserved, `bo${bo}`)
  s.bos[bo].reserved = false
}

/** drm_pagemap_migration_unlock_put_pages, one page of it. */
export const drm_pagemap_migration_unlock_put_page = zoneDevice.operation(
  'drm_pagemap_migration_unlock_put_page',
  { source, params: { page: Pfn }, locals: { folio: Pfn } },
  ({ step, call }) => [
    step('unlock_page(page)', (s, t) => {
      t.folio = page_folio_held(s, t.page)
      folio_unlock(s, t.folio)
    }),
    call('put_page(page)', folio_put, { folio: t => t.folio }),
  ],
)

/**
 * Migrates what is at `va` and the places after it to device memory: one BO of order `bo_order`, as folios of `order`.
 * Does nothing when the device is full or the copy fails.
 */
export const drm_pagemap_migrate_to_devmem = zoneDevice.operation(
  'drm_pagemap_migrate_to_devmem',
  {
    source,
    params: { va: Slot, bo_order: Order, order: Order, copy_may_fail: bool() },
    locals: { block: Pfn, bo: Bo, i: NrPages, failed: bool(), page: int(0, PAGES) },
  },
  ({ step, choose, when, loop, local, call, ret }) => {
    /** The body once per folio, `t.i` being its first page in the block. */
    const each = (body: ReturnType<typeof step>) => [
      local(t => {
        t.i = 0
      }),
      loop(
        t => t.i < 1 << t.bo_order,
        [
          body,
          local(t => {
            t.i += 1 << t.order
          }),
        ],
      ),
    ]
    const page = (t: { block: number; i: number }) => t.block + t.i
    const place = (t: { va: number; i: number; order: number }) => t.va + t.i / (1 << t.order)
    return [
      call('bo = xe_bo_create_locked(vram)', xe_bo_create_locked, { order: t => t.bo_order }, (t, bo) => {
        t.bo = bo
      }),
      when(t => t.bo === NONE, [ret()]),
      ...each(call('migrate_vma_setup(&migrate)', migrate_vma_setup, { va: place })),
      step('populate_devmem_pfn(devmem, npages, migrate.dst)', (s, t) => {
        t.block = s.bos[t.bo].block
      }),
      ...each(
        call('drm_pagemap_get_devmem_page(page, order, zdd)', drm_pagemap_get_devmem_page, {
          page,
          order: t => t.order,
          zdd: t => t.bo,
        }),
      ),
      choose(
        'ops->copy_to_devmem(pages, pagemap_addr, npages)',
        [0, 1],
        (_, t, failed) => {
          t.failed = failed === 1
        },
        (_, t, failed) => failed === 0 || t.copy_may_fail,
      ),
      when(
        t => t.failed,
        [
          ...each(call('drm_pagemap_migration_unlock_put_pages()', drm_pagemap_migration_unlock_put_page, { page })),
          ...each(call('migrate_vma_finalize(&migrate), no page', migrate_vma_restore, { va: place })),
        ],
        [
          ...each(call('migrate_vma_pages(&migrate)', migrate_vma_pages, { page })),
          ...each(call('migrate_vma_finalize(&migrate)', migrate_vma_finalize, { page, va: place })),
        ],
      ),
      call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, { zdd: t => t.bo }),
      step('drm_exec_unlock(bo)', (s, t) => {
        unreserve(s, t.bo)
      }),
      call('xe_bo_put(bo)', xe_bo_put, { bo: t => t.bo }),
    ]
  },
)

/** Whether TTM may take a BO for eviction: it lives, and nobody has reserved it. */
function isEvictable({ refs, reserved }: State['bos'][number]): boolean {
  return refs > 0 && !reserved
}

/** TTM moves a BO out of device memory: any that lives and is not reserved; nothing when there is none. */
export const drm_pagemap_evict_to_ram = zoneDevice.operation(
  'drm_pagemap_evict_to_ram',
  { source, locals: { bo: Bo, block: Pfn, pages: NrPages } },
  ({ choose, call, when, ret, step }) => [
    choose(
      'ttm_bo_evict_first()',
      [NONE, ...Array.from({ length: BOS }, (_, bo) => bo)],
      (s, t, bo) => {
        if (bo === NONE) return
        t.bo = bo
        t.block = s.bos[bo].block
        t.pages = s.bos[bo].pages
        s.bos[bo].reserved = true
        s.bos[bo].refs++
      },
      (s, _t, bo) => (bo === NONE ? !s.bos.some(isEvictable) : isEvictable(s.bos[bo])),
    ),
    when(t => t.bo === NONE, [ret()]),
    call('migrate_device_pfns(src, npages)', migrate_device_range, { start: t => t.block, npages: t => t.pages }),
    call('migrate_device_pages(src, dst, npages)', migrate_device_pages, { compound: true }),
    call('migrate_device_finalize(src, dst, npages)', migrate_device_finalize, {}),
    step('dma_resv_unlock(bo)', (s, t) => {
      expect(
        boAlive,
        s.src.every(slot => slot.page === NONE),
        'folios of the BO are still in the hands of the eviction',
      )
      unreserve(s, t.bo)
    }),
    call('xe_bo_put(bo)', xe_bo_put, { bo: t => t.bo }),
  ],
)
