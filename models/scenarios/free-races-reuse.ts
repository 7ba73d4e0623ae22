import { type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { nouveau_dmem_pagemap_ops } from '../drivers/nouveau.js'
import { dmirror_devmem_ops } from '../drivers/test_hmm.js'
import { zoneDevice } from '../machine/state.js'
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

/** Model L1: the free of a folio against the next use of its pages. */

const freeRacesReuse = scenario('free-races-reuse', zoneDevice, {
  about:
    'xe: one CPU unmaps a page of device memory and drops its last reference, while the GPU fault worker migrates a ' +
    'whole PMD to the device, into the block that the page was part of.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 0)],
  threads: [thread('munmap', munmap(0)), thread('gpu fault', xeMigrate(1, 2)), xeWorker],
  exercises: ['pgmap-word-holds-pgmap', 'no-access-after-handover', 'compound-layout'],
  tags: ['xe', 'zd-pgmap-read-after-folio-free'],
  needs: [...LARGE, ...XE],
})

const freeRacesReuseSmall = scenario('free-races-reuse-small', zoneDevice, {
  initial: endsWith(0),
  about: 'xe: as free-races-reuse, with order-0 folios on both sides, so that the pages keep their shape.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 0)],
  threads: [thread('munmap', munmap(0)), thread('gpu fault', xeMigrate(1, 0), munmap(1)), xeWorker],
  exercises: ['no-access-after-handover', 'refcount-equals-owners', 'zdd-outlives-folios'],
  tags: ['xe'],
  needs: XE,
})

const freeRacesReuseHmm = scenario('free-races-reuse-hmm', zoneDevice, {
  initial: endsWith(0),
  about:
    'test_hmm: one CPU unmaps a page; the driver’s callback puts it on the free list, from where another CPU takes it ' +
    'at once, migrates to it, maps it and unmaps it again, all before the first CPU has left the free path.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0)],
  threads: [thread('munmap', munmap(0)), thread('migrate', hmmMigrate(1), munmap(1))],
  exercises: [
    'no-access-after-handover',
    'refcount-equals-owners',
    'mapped-folio-has-mapping',
    'free-page-on-one-list',
  ],
  tags: ['test_hmm', 'zd-mapping-store-after-page-free', 'zd-set-count-after-page-free'],
})

const freeRacesReuseHmmLarge = scenario('free-races-reuse-hmm-large', zoneDevice, {
  initial: endsWith(0),
  about: 'test_hmm: the same with folios of PMD size, which the driver keeps on a list of their own.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(true), hmmMigrate(0, true)],
  threads: [thread('munmap', munmap(0)), thread('migrate', hmmMigrate(1, true), munmap(1))],
  exercises: ['no-access-after-handover', 'compound-layout', 'free-page-on-one-list'],
  tags: ['test_hmm'],
  needs: LARGE,
})

const freeRacesReuseNouveau = scenario('free-races-reuse-nouveau', zoneDevice, {
  initial: endsWith(0),
  about: 'nouveau: a page is freed to the list and taken from it again by the next migration, whose copy may fail.',
  bind: nouveau_dmem_pagemap_ops,
  setup: [...freshNouveau(), nouveauMigrate(0)],
  threads: [thread('munmap', munmap(0)), thread('migrate', nouveauMigrate(1, false, true), munmap(1))],
  exercises: ['no-access-after-handover', 'refcount-equals-owners', 'no-kernel-warning'],
  tags: ['nouveau'],
})

const freeRacesReuseNouveauLarge = scenario('free-races-reuse-nouveau-large', zoneDevice, {
  initial: endsWith(0),
  about: 'nouveau: the same with folios of PMD size.',
  bind: nouveau_dmem_pagemap_ops,
  setup: [...freshNouveau(true), nouveauMigrate(0, true)],
  threads: [thread('munmap', munmap(0)), thread('migrate', nouveauMigrate(1, true, true), munmap(1))],
  exercises: ['no-access-after-handover', 'compound-layout', 'no-kernel-warning'],
  tags: ['nouveau'],
  needs: LARGE,
})

export const freeScenarios: readonly Scenario[] = [
  freeRacesReuse,
  freeRacesReuseSmall,
  freeRacesReuseHmm,
  freeRacesReuseHmmLarge,
  freeRacesReuseNouveau,
  freeRacesReuseNouveauLarge,
]
