import { kernel } from 'foliocheck'
import {
  drm_pagemap_folio_free,
  drm_pagemap_get_devmem_page_v6_19,
  drm_pagemap_migrate_to_devmem,
  drm_pagemap_zdd_put,
  xe_bo_dev_work_func,
} from '../drivers/drm_pagemap.js'
import { lock_page } from '../mm/filemap.js'
import { zap_device_private } from '../mm/memory.js'
import { free_zone_device_folio_v6_19 } from '../mm/memremap/free.js'
import { zone_device_folio_init_v6_19, zone_device_page_init_v6_19 } from '../mm/memremap/init.js'
import { get_dev_pagemap, memremap_pages, memunmap_pages, put_dev_pagemap } from '../mm/memremap/teardown.js'
import { __migrate_device_finalize, __migrate_device_pages, remove_migration_pte } from '../mm/migrate.js'
import { prep_compound_page } from '../mm/page_alloc.js'
import { __folio_put, folio_put } from '../mm/swap.js'

/** Large device-private folios arrive. */
export const v6_19 = kernel(
  'v6.19',
  {
    date: '2025-12',
    about:
      'as merged for 6.19-rc1: large device-private folios, whose pages keep the layout of their last life (rows D of ' +
      'the history of free and init); the re-initialisation of January 2026 is not in it; drm_pagemap with large ' +
      'folios as posted on top',
  },
  [
    memremap_pages,
    memunmap_pages,
    get_dev_pagemap,
    put_dev_pagemap,
    free_zone_device_folio_v6_19,
    zone_device_page_init_v6_19,
    zone_device_folio_init_v6_19,
    prep_compound_page,
    lock_page,
    folio_put,
    __folio_put,
    __migrate_device_pages,
    __migrate_device_finalize,
    remove_migration_pte,
    zap_device_private,
    drm_pagemap_migrate_to_devmem,
    drm_pagemap_get_devmem_page_v6_19,
    drm_pagemap_folio_free,
    drm_pagemap_zdd_put,
    xe_bo_dev_work_func,
  ],
)
