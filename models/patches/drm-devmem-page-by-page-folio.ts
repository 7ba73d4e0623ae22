import { patch, plain, put } from 'foliocheck'
import { setZdd } from '../drivers/drm_pagemap.js'
import { page_folio } from '../machine/index.js'
import { Bo, Order, Pfn, zoneDevice } from '../machine/state.js'
import { zone_device_folio_init_v7_0 } from '../mm/memremap/init.js'

/** Asks a page for its folio before it is made one. */
const drm_pagemap_get_devmem_page = zoneDevice.operation(
  'drm_pagemap_get_devmem_page',
  {
    source: 'drivers/gpu/drm/drm_pagemap.c',
    params: { page: Pfn, order: Order, zdd: Bo },
    locals: { folio: Pfn },
  },
  ({ step, call }) => [
    step('folio = page_folio(page)', (s, t) => {
      t.folio = page_folio(s, t.page)
    }),
    plain(
      step('folio_set_zone_device_data(folio, drm_pagemap_zdd_get(zdd))', (s, t) => {
        setZdd(s, t.folio, t.zdd, t.page)
      }),
    ),
    call('zone_device_folio_init(page, zdd->dpagemap->pagemap, order)', zone_device_folio_init_v7_0, {
      folio: t => t.page,
      pgmap: 0,
      order: t => t.order,
    }),
  ],
)

/** The driver's half of the January 2026 series, on the re-initialisation that was merged instead of its other half. */
export const drmDevmemPageByPageFolio = patch(
  'drm-devmem-page-by-page-folio',
  {
    subject:
      '[PATCH v3 7/7] drm/pagemap: Enable THP support for GPU memory migration (its hunk in drm_pagemap_get_devmem_page)',
    date: '2026-01-09',
    messageId: '20260109085605.443316-8-francois.dugast@intel.com',
    status: 'posted, replaced; rebased to the re-initialising zone_device_folio_init',
  },
  put(drm_pagemap_get_devmem_page),
)
