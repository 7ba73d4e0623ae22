import { kernel } from 'foliocheck'
import { drm_pagemap_get_devmem_page } from '../drivers/drm_pagemap.js'
import { nouveau_dmem_page_alloc_locked_v7_0 } from '../drivers/nouveau.js'
import { dmirror_devmem_alloc_page_v7_0 } from '../drivers/test_hmm.js'
import { zone_device_folio_init_v7_0, zone_device_page_init_v7_0 } from '../mm/memremap/init.js'
import { v6_19 } from './v6.19.js'

/** The allocating side makes every page stand-alone again. */
export const v7_0 = kernel(
  'v7.0',
  {
    date: '2026-04',
    about: 'pages of a dead large folio are re-initialised by whoever allocates them next',
    base: v6_19,
  },
  [
    zone_device_page_init_v7_0,
    zone_device_folio_init_v7_0,
    dmirror_devmem_alloc_page_v7_0,
    nouveau_dmem_page_alloc_locked_v7_0,
    drm_pagemap_get_devmem_page,
  ],
)
