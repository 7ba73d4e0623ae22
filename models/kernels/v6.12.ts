import { kernel } from 'foliocheck'
import { nouveau_dmem_page_alloc_locked_v6_1 } from '../drivers/nouveau.js'
import { nouveau_dmem_evict_chunk, nouveau_dmem_fini } from '../drivers/nouveau-migrate.js'
import { dmirror_devmem_alloc_page_v6_1 } from '../drivers/test_hmm.js'
import { dmirror_device_evict_chunk, dmirror_device_remove_chunks } from '../drivers/test_hmm-migrate.js'
import { free_zone_device_folio_v6_12 } from '../mm/memremap/free.js'
import { zone_device_page_init_v6_1 } from '../mm/memremap/init.js'
import { memremap_pages, memunmap_pages } from '../mm/memremap/teardown.js'
import { remove_migration_ptes, try_to_migrate } from '../mm/migrate_device/entries.js'
import {
  migrate_device_finalize,
  migrate_device_pages,
  migrate_device_pfn_lock,
  migrate_device_range_v6_12,
  migrate_device_unmap,
} from '../mm/migrate_device/from-device.js'
import { __folio_put } from '../mm/swap.js'
import { v6_0 } from './v6.0.js'

/** Every page in use holds a reference of the pagemap; drivers evict before they unmap. */
export const v6_12 = kernel(
  'v6.12',
  {
    date: '2024-11',
    about:
      'order 0 only; free pages have count 0, a page in use holds one pagemap reference, which is put through ' +
      'page->pgmap after ->page_free() (v6.1 to v6.14)',
    base: v6_0,
  },
  [
    memremap_pages,
    memunmap_pages,
    free_zone_device_folio_v6_12,
    zone_device_page_init_v6_1,
    __folio_put,
    try_to_migrate,
    remove_migration_ptes,
    migrate_device_pfn_lock,
    migrate_device_range_v6_12,
    migrate_device_unmap,
    migrate_device_pages,
    migrate_device_finalize,
    dmirror_devmem_alloc_page_v6_1,
    dmirror_device_evict_chunk,
    dmirror_device_remove_chunks,
    nouveau_dmem_page_alloc_locked_v6_1,
    nouveau_dmem_evict_chunk,
    nouveau_dmem_fini,
  ],
)
