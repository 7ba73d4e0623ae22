import { kernel } from 'foliocheck'
import {
  nouveau_dmem_chunk_alloc,
  nouveau_dmem_page_alloc_locked_v6_0,
  nouveau_dmem_page_free,
} from '../drivers/nouveau.js'
import {
  nouveau_dmem_fini_v6_0,
  nouveau_dmem_migrate_vma,
  nouveau_dmem_page_free_locked,
} from '../drivers/nouveau-migrate.js'
import {
  dmirror_allocate_chunk,
  dmirror_devmem_alloc_page_v6_0,
  dmirror_devmem_free_v6_0,
} from '../drivers/test_hmm.js'
import { dmirror_device_remove_chunks_v6_0, dmirror_migrate_to_device } from '../drivers/test_hmm-migrate.js'
import { lock_page } from '../mm/filemap.js'
import { zap_nonpresent_ptes } from '../mm/memory.js'
import { free_zone_device_page_v6_0 } from '../mm/memremap/free.js'
import { get_dev_pagemap, memremap_pages_v6_0, memunmap_pages_v6_0, put_dev_pagemap } from '../mm/memremap/teardown.js'
import {
  migrate_vma_finalize,
  migrate_vma_pages,
  migrate_vma_restore,
  migrate_vma_setup,
} from '../mm/migrate_device/to-device.js'
import { prep_compound_page } from '../mm/page_alloc.js'
import { speculative_walk } from '../mm/pfn_walker.js'
import { __folio_put_v6_0, folio_put } from '../mm/swap.js'

/** Free pages have count 1, and the pagemap does not know which pages are in use. */
export const v6_0 = kernel(
  'v6.0',
  {
    date: '2022-10',
    about:
      'order 0 only; a free device page keeps count 1 for its next user, and the pagemap’s references are taken when ' +
      'it is mapped, not when a page is used (v5.18 to v6.0)',
  },
  [
    memremap_pages_v6_0,
    memunmap_pages_v6_0,
    get_dev_pagemap,
    put_dev_pagemap,
    free_zone_device_page_v6_0,
    lock_page,
    prep_compound_page,
    folio_put,
    __folio_put_v6_0,
    zap_nonpresent_ptes,
    migrate_vma_setup,
    migrate_vma_pages,
    migrate_vma_finalize,
    migrate_vma_restore,
    speculative_walk,
    dmirror_allocate_chunk,
    dmirror_devmem_alloc_page_v6_0,
    dmirror_devmem_free_v6_0,
    dmirror_migrate_to_device,
    dmirror_device_remove_chunks_v6_0,
    nouveau_dmem_chunk_alloc,
    nouveau_dmem_page_alloc_locked_v6_0,
    nouveau_dmem_page_free,
    nouveau_dmem_page_free_locked,
    nouveau_dmem_migrate_vma,
    nouveau_dmem_fini_v6_0,
  ],
)
