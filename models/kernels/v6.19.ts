import { kernel } from 'foliocheck'
import {
  drm_pagemap_folio_free,
  drm_pagemap_folio_split,
  drm_pagemap_get_devmem_page_v6_19,
} from '../drivers/drm_pagemap.js'
import {
  nouveau_dmem_folio_free,
  nouveau_dmem_folio_split,
  nouveau_dmem_page_alloc_locked_v6_19,
} from '../drivers/nouveau.js'
import {
  dmirror_devmem_alloc_page_v6_19,
  dmirror_devmem_folio_split,
  dmirror_devmem_free,
} from '../drivers/test_hmm.js'
import { __folio_freeze_and_split_unmapped, __split_folio_to_order, folio_split_unmapped } from '../mm/huge_memory.js'
import { free_zone_device_folio_v6_19 } from '../mm/memremap/free.js'
import { zone_device_folio_init_v6_19, zone_device_page_init_v6_19 } from '../mm/memremap/init.js'
import { migration_entry_wait } from '../mm/migrate.js'
import { migrate_device_range } from '../mm/migrate_device/from-device.js'
import { migrate_vma_to_small_pages } from '../mm/migrate_device/split.js'
import { v6_18 } from './v6.18.js'

/** Large device-private folios arrive. */
export const v6_19 = kernel(
  'v6.19',
  {
    date: '2025-12',
    about:
      'as merged for v6.19-rc1: large device-private folios, whose pages keep the layout of their last life; the ' +
      're-initialisation of January 2026, in since -rc8, is not in it; drm_pagemap asks for large folios, as its ' +
      'December 2025 series does',
    base: v6_18,
  },
  [
    free_zone_device_folio_v6_19,
    zone_device_page_init_v6_19,
    zone_device_folio_init_v6_19,
    migration_entry_wait,
    folio_split_unmapped,
    __folio_freeze_and_split_unmapped,
    __split_folio_to_order,
    migrate_vma_to_small_pages,
    migrate_device_range,
    dmirror_devmem_alloc_page_v6_19,
    dmirror_devmem_free,
    dmirror_devmem_folio_split,
    nouveau_dmem_page_alloc_locked_v6_19,
    nouveau_dmem_folio_free,
    nouveau_dmem_folio_split,
    drm_pagemap_get_devmem_page_v6_19,
    drm_pagemap_folio_free,
    drm_pagemap_folio_split,
  ],
)
