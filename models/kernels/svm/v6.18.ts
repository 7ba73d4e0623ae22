import { kernel } from 'foliocheck'
import { drm_pagemap_migrate_to_devmem_v6_19, drm_pagemap_migration_unlock_put_page } from '../../drivers/svm/devmem.js'
import {
  drm_gpusvm_get_pages,
  drm_gpusvm_notifier_invalidate,
  xe_svm_handle_pagefault,
} from '../../drivers/svm/drm_gpusvm.js'
import {
  drm_dev_put,
  drm_pagemap_create_v6_19,
  drm_pagemap_folio_free,
  drm_pagemap_get_v6_19,
  drm_pagemap_migrate_to_ram,
  drm_pagemap_put_v6_19,
  drm_pagemap_zdd_alloc_v6_19,
  drm_pagemap_zdd_put,
} from '../../drivers/svm/drm_pagemap.js'
import { nouveau_dmem_evict_chunk, nouveau_dmem_fini } from '../../drivers/svm/nouveau.js'
import {
  delete_module,
  drm_pagemap_populate_mm,
  xe_devm_release_v6_19,
  xe_drm_pagemap_populate_mm_v6_18,
  xe_pagefault_queue_work,
  xe_pci_remove,
  xe_vma_destroy,
  xe_vma_preferred_loc,
} from '../../drivers/svm/xe.js'
import { drm_pagemap_migrate_range_v6_18, xe_migrate_clear } from '../../drivers/svm/xe-copy.js'
import { user_access } from '../../mm/svm/access.js'
import { do_swap_page_v6_19 } from '../../mm/svm/fault.js'
import { memunmap_pages } from '../../mm/svm/memunmap.js'
import { migrate_vma_finalize, migrate_vma_setup } from '../../mm/svm/migrate.js'
import { free_zone_device_folio, zone_device_page_init } from '../../mm/svm/put.js'
import { v6_0 } from './v6.0.js'

export const v6_18 = kernel(
  'v6.18',
  {
    date: '2025-11',
    about: 'device pages hold their pagemap; drm_gpusvm and drm_pagemap, which nobody counts; copies wait for no clear',
    base: v6_0,
  },
  [
    do_swap_page_v6_19,
    user_access,
    migrate_vma_setup,
    migrate_vma_finalize,
    free_zone_device_folio,
    zone_device_page_init,
    memunmap_pages,
    nouveau_dmem_evict_chunk,
    nouveau_dmem_fini,
    drm_gpusvm_get_pages,
    drm_gpusvm_notifier_invalidate,
    xe_svm_handle_pagefault,
    xe_pagefault_queue_work,
    drm_pagemap_migrate_to_ram,
    drm_pagemap_folio_free,
    drm_pagemap_zdd_alloc_v6_19,
    drm_pagemap_zdd_put,
    drm_pagemap_create_v6_19,
    drm_pagemap_get_v6_19,
    drm_pagemap_put_v6_19,
    drm_dev_put,
    drm_pagemap_populate_mm,
    drm_pagemap_migrate_to_devmem_v6_19,
    drm_pagemap_migration_unlock_put_page,
    drm_pagemap_migrate_range_v6_18,
    xe_drm_pagemap_populate_mm_v6_18,
    xe_migrate_clear,
    xe_vma_preferred_loc,
    xe_vma_destroy,
    xe_pci_remove,
    xe_devm_release_v6_19,
    delete_module,
  ],
)
