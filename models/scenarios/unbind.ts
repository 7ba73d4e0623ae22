import { does, type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { drm_pagemap_migrate_to_devmem } from '../drivers/drm_pagemap-migrate.js'
import { nouveau_dmem_pagemap_ops } from '../drivers/nouveau.js'
import { nouveau_dmem_fini } from '../drivers/nouveau-migrate.js'
import { dmirror_devmem_ops } from '../drivers/test_hmm.js'
import { dmirror_device_remove_chunks } from '../drivers/test_hmm-migrate.js'
import { zoneDevice } from '../machine/state.js'
import { zap_nonpresent_ptes } from '../mm/memory.js'
import { memunmap_pages } from '../mm/memremap/teardown.js'
import { speculative_walk } from '../mm/pfn_walker.js'
import {
  endsWith,
  freshDevice,
  freshHmm,
  freshNouveau,
  hmmMigrate,
  INIT,
  LARGE,
  munmap,
  nouveauMigrate,
  XE,
  xeMigrate,
  xeWorker,
} from './parts.js'

/** Models L2 and D2: the pagemap goes away. */

const unbindWhileMapped = scenario('unbind-while-mapped', zoneDevice, {
  initial: endsWith(0, true),
  about:
    'test_hmm: the pagemap is unmapped while a process still maps a page of it; the process unmaps it some time later.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0)],
  threads: [thread('unbind', does(memunmap_pages, {})), thread('munmap', munmap(0))],
  exercises: ['struct-pages-present', 'no-use-after-teardown', 'pgmap-ref-covers-folios'],
  tags: ['test_hmm', 'zd-memunmap-before-pages-freed'],
})

const allocRacesUnbind = scenario('alloc-races-unbind', zoneDevice, {
  initial: endsWith(0, true),
  about:
    'test_hmm: the pagemap is unmapped while a process, which has a page of it, migrates one more; the process unmaps ' +
    'both in the end.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0)],
  threads: [thread('unbind', does(memunmap_pages, {})), thread('process', hmmMigrate(1), munmap(1), munmap(0))],
  exercises: ['alloc-after-kill-is-noticed', 'no-alloc-after-kill', 'pgmap-ref-covers-folios'],
  tags: ['test_hmm', 'zd-alloc-after-kill-undetected'],
  needs: INIT,
})

const unbindRacesWalker = scenario('unbind-races-walker', zoneDevice, {
  initial: endsWith(0, true),
  about:
    'test_hmm: the pagemap is unmapped while somebody who walks pfns asks for it, and another CPU frees its last page.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0)],
  threads: [
    thread('unbind', does(memunmap_pages, {})),
    thread('munmap', munmap(0)),
    thread('pfn walker', does(speculative_walk, { pfn: 3, look: false })),
  ],
  exercises: ['struct-pages-present', 'pgmap-ref-storage-present', 'no-use-after-teardown'],
  tags: ['test_hmm'],
})

const unbindRacesFree = scenario('unbind-races-free', zoneDevice, {
  initial: endsWith(0, true),
  about: 'xe: the pagemap is unmapped while the last PMD-sized folio of the device is freed.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [thread('unbind', does(memunmap_pages, {})), thread('munmap', munmap(0)), xeWorker],
  exercises: ['struct-pages-present', 'no-use-after-teardown', 'no-deadlock'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const unbindAfterOrderOne = scenario('unbind-after-order-1', zoneDevice, {
  initial: endsWith(0, true),
  about: 'xe: one folio of order 1 lives and dies; then the pagemap is unmapped.',
  bind: drm_pagemap_pagemap_ops,
  setup: freshDevice,
  threads: [thread('driver', xeMigrate(0, 1), munmap(0), does(memunmap_pages, {})), xeWorker],
  exercises: ['pgmap-ref-covers-folios', 'compound-layout', 'no-deadlock'],
  tags: ['xe', 'zd-order1-init-imbalance'],
  needs: [...LARGE, ...XE],
})

/** A process that migrates to the device and unmaps what it has there. */
const migrate_and_unmap = zoneDevice.operation('migrate_and_unmap', { source: 'a process' }, ({ call }) => [
  call('drm_pagemap_migrate_to_devmem()', drm_pagemap_migrate_to_devmem, {
    va: 0,
    bo_order: 1,
    order: 1,
    copy_may_fail: false,
  }),
  call('munmap()', zap_nonpresent_ptes, { va: 0 }),
])

const orderOneLife = scenario('order-1-life', zoneDevice, {
  initial: endsWith(0),
  about: 'xe: one folio of order 1 lives and dies.',
  bind: drm_pagemap_pagemap_ops,
  setup: freshDevice,
  operations: [migrate_and_unmap],
  threads: [thread('process', does(migrate_and_unmap, {})), xeWorker],
  exercises: ['pgmap-ref-balance', 'compound-layout', 'bo-freed-only-when-unused'],
  tags: ['xe', 'zd-order1-init-imbalance'],
  needs: [...LARGE, ...XE],
})

const unbindRacesAllocNouveau = scenario('unbind-races-alloc-nouveau', zoneDevice, {
  about:
    'nouveau: the driver evicts its chunk and unmaps the pagemap, while a process that has a page there migrates ' +
    'another one, and unmaps both in the end.',
  bind: nouveau_dmem_pagemap_ops,
  setup: [...freshNouveau(), nouveauMigrate(0)],
  threads: [thread('fini', does(nouveau_dmem_fini, {})), thread('process', nouveauMigrate(1), munmap(0))],
  exercises: ['alloc-after-kill-is-noticed', 'no-alloc-after-kill', 'no-deadlock', 'struct-pages-present'],
  tags: ['nouveau', 'zd-alloc-after-kill-undetected'],
  needs: INIT,
})

const unbindLargeNouveau = scenario('unbind-large-nouveau', zoneDevice, {
  about: 'nouveau: the driver evicts its chunk and unmaps the pagemap, while a process maps a PMD-sized folio of it.',
  bind: nouveau_dmem_pagemap_ops,
  setup: [...freshNouveau(true), nouveauMigrate(0, true)],
  threads: [thread('fini', does(nouveau_dmem_fini, {}))],
  exercises: ['no-deadlock', 'no-kernel-warning'],
  tags: ['nouveau'],
  needs: LARGE,
})

const removeRacesAllocHmm = scenario('remove-races-alloc-hmm', zoneDevice, {
  about: 'test_hmm: the device removes its chunk while another process migrates a page to it.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0)],
  threads: [thread('remove', does(dmirror_device_remove_chunks, {})), thread('process', hmmMigrate(1))],
  exercises: ['no-alloc-after-kill', 'no-deadlock', 'struct-pages-present', 'driver-data-is-valid'],
  tags: ['test_hmm'],
  needs: INIT,
})

const removeRacesMunmapHmm = scenario('remove-races-munmap-hmm', zoneDevice, {
  initial: endsWith(0, true),
  about: 'test_hmm: the device removes its chunk while the process unmaps its PMD-sized folio.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(true), hmmMigrate(0, true)],
  threads: [thread('remove', does(dmirror_device_remove_chunks, {})), thread('munmap', munmap(0))],
  exercises: ['no-deadlock', 'struct-pages-present', 'eviction-scan-skips-nothing'],
  tags: ['test_hmm'],
  needs: LARGE,
})

export const unbindScenarios: readonly Scenario[] = [
  unbindWhileMapped,
  allocRacesUnbind,
  unbindRacesWalker,
  unbindRacesFree,
  orderOneLife,
  unbindAfterOrderOne,
  unbindRacesAllocNouveau,
  unbindLargeNouveau,
  removeRacesAllocHmm,
  removeRacesMunmapHmm,
]
