import { daemon, does, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { drm_pagemap_migrate_to_devmem } from '../drivers/drm_pagemap-migrate.js'
import { xe_bo_dev_work_func } from '../drivers/xe.js'
import { zoneDevice } from '../machine/state.js'
import { zap_nonpresent_ptes } from '../mm/memory.js'
import { memremap_pages } from '../mm/memremap/teardown.js'

/** Model L1 on the buddy allocator. */
export const freeRacesReuse = scenario('free-races-reuse', zoneDevice, {
  about:
    'xe: one CPU unmaps a page of device memory and drops its last reference, while the GPU fault worker migrates a ' +
    'whole PMD to the device, into the block that the page was part of.',
  bind: drm_pagemap_pagemap_ops,
  setup: [
    does(memremap_pages, {}),
    does(drm_pagemap_migrate_to_devmem, { va: 0, bo_order: 0, order: 0, copy_may_fail: false }),
  ],
  threads: [
    thread('munmap', does(zap_nonpresent_ptes, { va: 0 })),
    thread('gpu fault', does(drm_pagemap_migrate_to_devmem, { va: 1, bo_order: 2, order: 2, copy_may_fail: false })),
    daemon('bo worker', does(xe_bo_dev_work_func, {})),
  ],
  exercises: ['pgmap-word-holds-pgmap', 'no-access-after-handover', 'compound-layout'],
  tags: ['drm', 'zd-pgmap-read-after-folio-free'],
  needs: ['zone_device_folio_init', 'drm_pagemap_migrate_to_devmem'],
})
