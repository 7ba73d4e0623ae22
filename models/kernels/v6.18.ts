import { kernel } from 'foliocheck'
import {
  drm_pagemap_get_devmem_page_v6_18,
  drm_pagemap_page_free,
  drm_pagemap_zdd_put,
} from '../drivers/drm_pagemap.js'
import {
  drm_pagemap_evict_to_ram,
  drm_pagemap_migrate_to_devmem,
  drm_pagemap_migration_unlock_put_page,
} from '../drivers/drm_pagemap-migrate.js'
import {
  xe_bo_create_locked,
  xe_bo_dev_work_func,
  xe_bo_dev_work_once,
  xe_bo_put,
  xe_bo_put_async,
} from '../drivers/xe.js'
import { free_zone_device_folio_v6_18 } from '../mm/memremap/free.js'
import { v6_12 } from './v6.12.js'

/** The last kernel whose device-private folios are all of order 0. */
export const v6_18 = kernel(
  'v6.18',
  {
    date: '2025-11',
    about:
      'order 0 only; the pagemap’s pointer is read once, before ->page_free() (v6.15 to v6.18); drm_pagemap is there',
    base: v6_12,
  },
  [
    free_zone_device_folio_v6_18,
    drm_pagemap_page_free,
    drm_pagemap_zdd_put,
    drm_pagemap_get_devmem_page_v6_18,
    drm_pagemap_migrate_to_devmem,
    drm_pagemap_migration_unlock_put_page,
    drm_pagemap_evict_to_ram,
    xe_bo_create_locked,
    xe_bo_put,
    xe_bo_put_async,
    xe_bo_dev_work_func,
    xe_bo_dev_work_once,
  ],
)
