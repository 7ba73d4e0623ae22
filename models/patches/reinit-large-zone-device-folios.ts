import { patch, put } from 'foliocheck'
import { dataFirst } from '../drivers/drm_pagemap.js'
import { nouveau_dmem_page_alloc_locked_v7_0 } from '../drivers/nouveau.js'
import { dmirror_devmem_alloc_page_v7_0 } from '../drivers/test_hmm.js'
import { Bo, Order, Pfn, zoneDevice } from '../machine/state.js'
import { zone_device_folio_init_v7_0, zone_device_page_init_v7_0 } from '../mm/memremap/init.js'

const drm_pagemap_get_devmem_page = zoneDevice.operation(
  'drm_pagemap_get_devmem_page',
  { source: 'drivers/gpu/drm/drm_pagemap.c', params: { page: Pfn, order: Order, zdd: Bo } },
  words => [
    dataFirst(words),
    words.call('zone_device_folio_init(page, zdd->dpagemap->pagemap, order)', zone_device_folio_init_v7_0, {
      folio: t => t.page,
      pgmap: 0,
      order: t => t.order,
    }),
  ],
)

/** The merged cure of stale compound state: whoever allocates makes every page of the block stand-alone again. */
export const reinitLargeZoneDeviceFolios = patch(
  'reinit-large-zone-device-folios',
  {
    subject: 'mm/zone_device: Reinitialize large zone device private folios',
    date: '2026-01-16',
    messageId: '20260116111325.1736137-2-francois.dugast@intel.com',
    commit: '12b2285bf3d1',
    fixes: 'd245f9b4ab80',
    status: 'merged for v6.19-rc8',
    claims: ['zd-stale-order-is-pg-locked', 'zd-stale-head-on-realloc'],
  },
  put(zone_device_page_init_v7_0),
  put(zone_device_folio_init_v7_0),
  put(dmirror_devmem_alloc_page_v7_0),
  put(nouveau_dmem_page_alloc_locked_v7_0),
  put(drm_pagemap_get_devmem_page),
)
