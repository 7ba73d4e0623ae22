import { does, type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { drm_pagemap_evict_to_ram } from '../drivers/drm_pagemap-migrate.js'
import { nouveau_dmem_pagemap_ops } from '../drivers/nouveau.js'
import { nouveau_dmem_fini } from '../drivers/nouveau-migrate.js'
import { dmirror_devmem_ops } from '../drivers/test_hmm.js'
import { dmirror_device_remove_chunks, dmirror_fops_release } from '../drivers/test_hmm-migrate.js'
import { zoneDevice } from '../machine/state.js'
import { memunmap_pages } from '../mm/memremap/teardown.js'
import { speculative_walk } from '../mm/pfn_walker.js'
import {
  endsWith,
  freshDevice,
  freshHmm,
  freshNouveau,
  hmmMigrate,
  LARGE,
  munmap,
  nouveauMigrate,
  XE,
  xeMigrate,
  xeWorker,
} from './parts.js'

/** Models D1 and D2: device memory is evicted by pfn, without any lock of the process that uses it. */

const evictRacesMunmap = scenario('evict-races-munmap', zoneDevice, {
  initial: endsWith(0),
  about: 'xe: TTM evicts a BO while the process unmaps the PMD-sized folio in it.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [thread('evict', does(drm_pagemap_evict_to_ram, {})), thread('munmap', munmap(0)), xeWorker],
  exercises: ['eviction-scan-skips-nothing', 'migration-holds-reference', 'zdd-outlives-folios'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const evictRacesMigrate = scenario('evict-races-migrate', zoneDevice, {
  about:
    'xe: TTM evicts a BO of two folios while the process migrates more to the device, which may fail to copy, and ' +
    'unmaps one folio.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 0, 1)],
  threads: [
    thread('evict', does(drm_pagemap_evict_to_ram, {})),
    thread('process', xeMigrate(2, 0, 1, true), munmap(0)),
    xeWorker,
  ],
  exercises: ['migration-holds-reference', 'zdd-outlives-folios', 'bo-freed-only-when-unused', 'no-zdd-kref-underflow'],
  tags: ['xe'],
  needs: XE,
})

const copyFails = scenario('copy-fails', zoneDevice, {
  about: 'xe: the copy to the device fails after the folios of the BO were made; another worker waits for the memory.',
  bind: drm_pagemap_pagemap_ops,
  setup: freshDevice,
  threads: [thread('worker 1', xeMigrate(0, 1, 2, true)), thread('worker 2', xeMigrate(2, 2)), xeWorker],
  exercises: ['unlock-by-owner', 'zdd-outlives-folios', 'bo-freed-only-when-unused', 'pgmap-ref-balance'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const copyFailsNouveau = scenario('copy-fails-nouveau', zoneDevice, {
  about: 'nouveau: the copy to the device may fail, and what was to be migrated stays where it was.',
  bind: nouveau_dmem_pagemap_ops,
  setup: freshNouveau(),
  threads: [thread('migrate', nouveauMigrate(0, false, true), nouveauMigrate(1, false, true))],
  exercises: ['nothing-lost', 'unlock-by-owner', 'allocations-are-counted'],
  tags: ['nouveau'],
})

const livesNouveau = scenario('lives-nouveau', zoneDevice, {
  about: 'nouveau: three migrations and one munmap, one after the other.',
  initial: endsWith(2),
  bind: nouveau_dmem_pagemap_ops,
  setup: freshNouveau(),
  threads: [thread('process', nouveauMigrate(0), nouveauMigrate(1), munmap(0), nouveauMigrate(2))],
  exercises: ['work-is-done', 'allocations-are-counted', 'free-page-on-one-list'],
  tags: ['nouveau'],
})

const releaseHmm = scenario('release-hmm', zoneDevice, {
  about: 'test_hmm: a process closes its file while it maps two pages, with nobody else there.',
  initial: endsWith(0),
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0), hmmMigrate(1)],
  threads: [thread('release', does(dmirror_fops_release, {}))],
  exercises: ['work-is-done', 'nothing-lost', 'free-page-on-one-list'],
  tags: ['test_hmm'],
  needs: ['dmirror_fops_release'],
})

const munmapRacesMigrate = scenario('munmap-races-migrate', zoneDevice, {
  about:
    'xe: the process unmaps two places while a GPU fault worker migrates them to the device, so that the driver may drop ' +
    'the last references.',
  initial: endsWith(0),
  bind: drm_pagemap_pagemap_ops,
  setup: freshDevice,
  threads: [
    thread('gpu fault', xeMigrate(0, 0, 1), munmap(0), munmap(1)),
    thread('munmap', munmap(1), munmap(0)),
    xeWorker,
  ],
  exercises: ['free-only-unused-folio', 'zdd-outlives-folios', 'bo-freed-only-when-unused'],
  tags: ['xe'],
  needs: XE,
})

const munmapRacesMigrateHmm = scenario('munmap-races-migrate-hmm', zoneDevice, {
  about: 'test_hmm: the process unmaps a place while it is migrated to the device.',
  initial: endsWith(0),
  bind: dmirror_devmem_ops,
  setup: freshHmm(true),
  threads: [thread('migrate', hmmMigrate(0, true), munmap(0)), thread('munmap', munmap(0))],
  exercises: ['free-only-unused-folio', 'free-page-on-one-list'],
  tags: ['test_hmm'],
  needs: LARGE,
})

const releaseRacesAlloc = scenario('release-races-alloc-hmm', zoneDevice, {
  about: 'test_hmm: one process closes its file, which evicts every page of the device, while another migrates to it.',
  bind: dmirror_devmem_ops,
  setup: freshHmm(),
  threads: [thread('release', does(dmirror_fops_release, {})), thread('process', hmmMigrate(0))],
  exercises: ['driver-data-is-valid', 'unlock-by-owner', 'refcount-equals-owners'],
  tags: ['test_hmm'],
  needs: ['dmirror_fops_release'],
})

const releaseRacesAllocLarge = scenario('release-races-alloc-hmm-large', zoneDevice, {
  about: 'test_hmm: the same with a PMD-sized folio.',
  bind: dmirror_devmem_ops,
  setup: freshHmm(true),
  threads: [thread('release', does(dmirror_fops_release, {})), thread('process', hmmMigrate(0, true))],
  exercises: ['driver-data-is-valid', 'eviction-scan-skips-nothing', 'folio-size-is-right'],
  tags: ['test_hmm'],
  needs: [...LARGE, 'dmirror_fops_release'],
})

const evictRacesWalker = scenario('evict-races-walker', zoneDevice, {
  about:
    'xe: TTM evicts a BO while two who walk pfns pin the PMD-sized folio in it, which the eviction notices at once, or ' +
    'when only one of them is there, late; what cannot move stays mapped until the process unmaps it.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [
    thread('evict', does(drm_pagemap_evict_to_ram, {})),
    thread('pfn walker', does(speculative_walk, { pfn: 0, look: true })),
    thread('pfn walker 2', does(speculative_walk, { pfn: 0, look: false })),
    thread('munmap', munmap(0)),
    xeWorker,
  ],
  exercises: ['nothing-lost', 'migration-holds-reference', 'unlock-by-owner', 'folio-size-is-right'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const evictThenUnbind = scenario('evict-then-unbind', zoneDevice, {
  initial: endsWith(0, true),
  about:
    'xe: on unplug, nobody else being there any more, the two BOs of the device are evicted and the pagemap is unmapped.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 0, 1), xeMigrate(2, 1)],
  threads: [
    thread('unplug', does(drm_pagemap_evict_to_ram, {}), does(drm_pagemap_evict_to_ram, {}), does(memunmap_pages, {})),
    xeWorker,
  ],
  exercises: ['no-deadlock', 'teardown-complete', 'bo-freed-only-when-unused', 'eviction-scan-skips-nothing'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const removeHmm = scenario('remove-hmm', zoneDevice, {
  initial: endsWith(0, true),
  about:
    'test_hmm: the device removes its chunk, two pages of which are mapped, with nobody else there; who migrates after ' +
    'that gets no page of it.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0), hmmMigrate(1)],
  threads: [thread('remove', does(dmirror_device_remove_chunks, {}), hmmMigrate(2))],
  exercises: ['no-deadlock', 'teardown-complete', 'no-kernel-warning'],
  tags: ['test_hmm'],
  needs: ['migrate_device_range'],
})

const removeHmmLarge = scenario('remove-hmm-large', zoneDevice, {
  initial: endsWith(0, true),
  about: 'test_hmm: the same with a PMD-sized folio.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(true), hmmMigrate(0, true)],
  threads: [thread('remove', does(dmirror_device_remove_chunks, {}))],
  exercises: ['no-deadlock', 'teardown-complete', 'eviction-scan-skips-nothing'],
  tags: ['test_hmm'],
  needs: LARGE,
})

const removeNouveau = scenario('unbind-nouveau', zoneDevice, {
  initial: endsWith(0, true),
  about:
    'nouveau: the driver evicts its chunk, two pages of which are mapped, and unmaps the pagemap, with nobody else there.',
  bind: nouveau_dmem_pagemap_ops,
  setup: [...freshNouveau(), nouveauMigrate(0), nouveauMigrate(1)],
  threads: [thread('fini', does(nouveau_dmem_fini, {}))],
  exercises: ['no-deadlock', 'teardown-complete', 'no-kernel-warning', 'allocations-are-counted'],
  tags: ['nouveau'],
  needs: ['migrate_device_range'],
})

export const evictScenarios: readonly Scenario[] = [
  evictRacesMunmap,
  evictRacesMigrate,
  evictRacesWalker,
  evictThenUnbind,
  removeHmm,
  removeHmmLarge,
  removeNouveau,
  copyFails,
  copyFailsNouveau,
  livesNouveau,
  releaseHmm,
  munmapRacesMigrate,
  munmapRacesMigrateHmm,
  releaseRacesAlloc,
  releaseRacesAllocLarge,
]
