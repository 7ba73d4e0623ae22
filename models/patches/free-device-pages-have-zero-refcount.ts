import { on, patch, put, remove } from 'foliocheck'
import { nouveau_dmem_page_alloc_locked_v6_1 } from '../drivers/nouveau.js'
import { dmirror_devmem_alloc_page_v6_1 } from '../drivers/test_hmm.js'
import { free_zone_device_page_v6_0 } from '../mm/memremap/free.js'
import { zone_device_page_init_zero_count } from '../mm/memremap/init.js'
import { memremap_pages_zero_count } from '../mm/memremap/teardown.js'

/** Pages go to the pool with count 0; whoever allocates one sets it to 1. */
export const freeDevicePagesHaveZeroRefcount = patch(
  'free-device-pages-have-zero-refcount',
  {
    subject: 'mm: free device private pages have zero refcount',
    date: '2022-09-28',
    commit: 'ef233450898f',
    fixes: '27674ef6c73f',
    status: 'merged for v6.1-rc1',
    claims: ['zd-set-count-after-page-free'],
  },
  put(memremap_pages_zero_count),
  put(zone_device_page_init_zero_count),
  on(free_zone_device_page_v6_0, remove('set_page_count(page, 1)')),
  put(dmirror_devmem_alloc_page_v6_1),
  put(nouveau_dmem_page_alloc_locked_v6_1),
)
