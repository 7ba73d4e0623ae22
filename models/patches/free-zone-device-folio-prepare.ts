import { expect, insertBefore, on, patch, put, replace } from 'foliocheck'
import { noWarning } from '../../properties/kernel-warnings.js'
import { drm_pagemap_zdd_put, takeBack } from '../drivers/drm_pagemap.js'
import { giveBack as giveBackToNouveau } from '../drivers/nouveau.js'
import { giveBack as giveBackToHmm, takeBacking } from '../drivers/test_hmm.js'
import {
  clear_compound_head,
  folio_order_held,
  folio_pgmap,
  page_folio,
  pageAt,
  pageOfLife,
  set_nr_pages,
  set_pgmap,
} from '../machine/index.js'
import { Bo, NrPages, Order, Pfn, PgmapRef, zoneDevice } from '../machine/state.js'
import { free_zone_device_folio_v6_19 } from '../mm/memremap/free.js'

/** Undoes the compound page before the driver gets it, page by page. */
const free_zone_device_folio_prepare = zoneDevice.operation(
  'free_zone_device_folio_prepare',
  {
    source: 'mm/memremap.c',
    params: { folio: Pfn },
    locals: { pgmap: PgmapRef, order: Order, i: NrPages },
  },
  ({ step, when, loop, local, ret }) => [
    step('pgmap = page_pgmap(&folio->page); folio->mapping = NULL; order = folio_order(folio)', (s, t) => {
      t.pgmap = folio_pgmap(s, t.folio)
      pageAt(s, t.folio).mapping = 'null'
      t.order = folio_order_held(s, t.folio)
    }),
    when(t => t.order === 0, [ret()]),
    step('folio_reset_order(folio)', (s, t) => {
      pageAt(s, t.folio + 1).orderByte = 0
      set_nr_pages(s, t.folio + 1, 0)
    }),
    loop(
      t => t.i < 1 << t.order,
      [
        step('ClearPageHead(page)', (s, t) => {
          pageAt(s, t.folio + t.i).head = false
        }),
        step('clear_compound_head(page)', (s, t) => {
          clear_compound_head(s, t.folio + t.i)
        }),
        step('new_folio->pgmap = pgmap', (s, t) => {
          const page = pageAt(s, t.folio + t.i)
          page.mapping = 'null'
          set_pgmap(s, t.folio + t.i, t.pgmap)
          expect(noWarning, page.ref === 0, 'VM_WARN_ON_FOLIO(folio_ref_count(new_folio))')
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
  ],
)

const folio_free = zoneDevice.hook('folio_free', { params: { folio: Pfn, order: Order } })
const callback = { params: { folio: Pfn, order: Order } }

const nouveau_dmem_folio_free = zoneDevice.operation(
  'nouveau_dmem_folio_free',
  { source: 'drivers/gpu/drm/nouveau/nouveau_dmem.c', ...callback, locals: { chunk: PgmapRef } },
  ({ step }) => [
    step('chunk = nouveau_page_to_chunk(page)', (s, t) => {
      t.chunk = folio_pgmap(s, page_folio(s, t.folio))
    }),
    step('spin_lock; free list of order = folio; chunk->callocated--; spin_unlock', (s, t) => {
      giveBackToNouveau(s, t.folio, t.order > 0, t.chunk)
    }),
  ],
)

const dmirror_devmem_free = zoneDevice.operation(
  'dmirror_devmem_free',
  { source: 'lib/test_hmm.c', ...callback },
  ({ step }) => [
    step('__free_pages(rpage, order)', (s, t) => {
      takeBacking(s, t.folio)
    }),
    step('spin_lock; mdevice->free_pages = page; spin_unlock', (s, t) => {
      giveBackToHmm(s, t.folio, t.order)
    }),
  ],
)

const drm_pagemap_folio_free = zoneDevice.operation(
  'drm_pagemap_folio_free',
  { source: 'drivers/gpu/drm/drm_pagemap.c', ...callback, locals: { zdd: Bo } },
  ({ step, call }) => [
    step('zdd = folio_zone_device_data(folio)', (s, t) => {
      t.zdd = takeBack(s, t.folio)
    }),
    call('drm_pagemap_zdd_put(zdd)', drm_pagemap_zdd_put, { zdd: t => t.zdd }),
  ],
)

const { step, call } = zoneDevice.words(free_zone_device_folio_v6_19, { order: Order })

/** The other cure of stale compound state: whoever frees makes the pages stand-alone, before the driver has them. */
export const freeZoneDeviceFolioPrepare = patch(
  'free-zone-device-folio-prepare',
  {
    subject: '[PATCH v4 1/7, 2/7] mm/zone_device: Add free_zone_device_folio_prepare() helper',
    date: '2026-01-11',
    messageId: '20260111205820.830410-3-francois.dugast@intel.com',
    fixes: 'd245f9b4ab80',
    status: 'rejected in favour of re-initialisation by the allocating side',
    claims: ['zd-stale-order-is-pg-locked', 'zd-stale-head-on-realloc'],
  },
  put(free_zone_device_folio_prepare),
  on(
    free_zone_device_folio_v6_19,
    { locals: { order: Order } },
    insertBefore(
      'mem_cgroup_uncharge(folio)',
      step('order = folio_order(folio)', (s, t) => {
        pageOfLife(s, t.folio, t.life)
        t.order = folio_order_held(s, t.folio)
      }),
    ),
    replace(
      'pgmap->ops->folio_free(folio)',
      call('free_zone_device_folio_prepare(folio)', free_zone_device_folio_prepare, { folio: t => t.folio }),
      call('pgmap->ops->folio_free(folio, order)', folio_free, { folio: t => t.folio, order: t => t.order }),
    ),
  ),
  put(nouveau_dmem_folio_free),
  put(dmirror_devmem_free),
  put(drm_pagemap_folio_free),
)
