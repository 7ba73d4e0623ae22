import { does, type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { drm_pagemap_evict_to_ram } from '../drivers/drm_pagemap-migrate.js'
import { dmirror_devmem_ops } from '../drivers/test_hmm.js'
import { dmirror_fops_release } from '../drivers/test_hmm-migrate.js'
import { zoneDevice } from '../machine/state.js'
import { freshDevice, freshHmm, hmmMigrate, LARGE, munmap, XE, xeMigrate, xeWorker } from './parts.js'

/** Models D1 and D2: device memory is evicted by pfn, without any lock of the process that uses it. */

const evictRacesMunmap = scenario('evict-races-munmap', zoneDevice, {
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

export const evictScenarios: readonly Scenario[] = [
  evictRacesMunmap,
  evictRacesMigrate,
  copyFails,
  releaseRacesAlloc,
  releaseRacesAllocLarge,
]
