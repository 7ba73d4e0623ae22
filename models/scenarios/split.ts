import { does, type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { drm_pagemap_evict_to_ram } from '../drivers/drm_pagemap-migrate.js'
import { nouveau_dmem_pagemap_ops } from '../drivers/nouveau.js'
import { dmirror_devmem_ops } from '../drivers/test_hmm.js'
import { zoneDevice } from '../machine/state.js'
import { migration_entry_wait } from '../mm/migrate.js'
import { migrate_vma_to_small_pages } from '../mm/migrate_device/split.js'
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

/** Model L3: a folio is split while it is unmapped, in the middle of its migration. */

const splitThenFree = scenario('split-then-free', zoneDevice, {
  initial: endsWith(0),
  about:
    'xe: a PMD-sized device folio migrates to system memory whose folios are smaller, and every piece is freed. The ' +
    'pieces have order 1, which in this scaled geometry stands for any order between 0 and that of a PMD.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 1 })), xeWorker],
  exercises: ['split-only-frozen', 'pgmap-ref-balance', 'zdd-outlives-folios', 'nothing-lost'],
  tags: ['xe', 'zd-split-pgmap-ref-drift'],
  needs: [...LARGE, ...XE],
})

const splitThenFreeHmm = scenario('split-then-free-hmm', zoneDevice, {
  initial: endsWith(0),
  about:
    'test_hmm: a PMD-sized device folio migrates to single pages of system memory; each piece goes to the free list.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(true), hmmMigrate(0, true)],
  threads: [thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 0 }), hmmMigrate(1), munmap(1))],
  exercises: ['split-only-frozen', 'pgmap-ref-balance', 'free-page-on-one-list'],
  tags: ['test_hmm'],
  needs: LARGE,
})

const splitThenFreeNouveau = scenario('split-then-free-nouveau', zoneDevice, {
  initial: endsWith(0),
  about: 'nouveau: the same, with the driver’s count of allocations.',
  bind: nouveau_dmem_pagemap_ops,
  setup: [...freshNouveau(true), nouveauMigrate(0, true)],
  threads: [thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 0 }), nouveauMigrate(1), munmap(1))],
  exercises: ['split-only-frozen', 'pgmap-ref-balance', 'no-kernel-warning'],
  tags: ['nouveau'],
  needs: LARGE,
})

const splitRacesWalker = scenario('split-races-walker', zoneDevice, {
  about:
    'xe: while a migration splits a PMD-sized folio of which it owns the only reference, somebody who walks pfns meets ' +
    'one of its tails and pins the folio.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [
    thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 0 })),
    thread('pfn walker', does(speculative_walk, { pfn: 2, look: false })),
    xeWorker,
  ],
  exercises: ['split-only-frozen', 'refcount-equals-owners', 'unfreeze-from-zero', 'referenced-page-has-pgmap'],
  tags: ['xe', 'dp-split-unmapped-extra-pin'],
  needs: [...LARGE, ...XE],
})

const splitRacesFault = scenario('split-races-fault', zoneDevice, {
  about:
    'xe: while a migration splits a PMD-sized folio, another thread of the process faults on the migration entry of one ' +
    'of its pages.',
  initial: endsWith(0),
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [
    thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 0 })),
    thread('cpu fault 2', does(migration_entry_wait, { va: 0, i: 2 })),
    xeWorker,
  ],
  exercises: ['migration-entry-means-locked', 'split-piece-is-complete', 'no-deadlock'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const splitRacesEvict = scenario('split-races-evict', zoneDevice, {
  about:
    'xe: while a migration splits a PMD-sized folio, TTM evicts the BO that the folio is in; whoever gets the folio lock ' +
    'first has it, and the other goes without.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [
    thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 0 })),
    thread('evict', does(drm_pagemap_evict_to_ram, {})),
    xeWorker,
  ],
  exercises: ['split-only-frozen', 'eviction-scan-skips-nothing', 'refcount-equals-owners', 'unlock-by-owner'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const splitRacesMunmap = scenario('split-races-munmap', zoneDevice, {
  initial: endsWith(0),
  about: 'xe: the process unmaps the place while its folio is split in the middle of a migration.',
  bind: drm_pagemap_pagemap_ops,
  setup: [...freshDevice, xeMigrate(0, 2)],
  threads: [
    thread('cpu fault', does(migrate_vma_to_small_pages, { va: 0, order: 0 })),
    thread('munmap', munmap(0)),
    xeWorker,
  ],
  exercises: ['split-only-frozen', 'refcount-equals-owners', 'migration-holds-reference'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

export const splitScenarios: readonly Scenario[] = [
  splitThenFree,
  splitThenFreeHmm,
  splitThenFreeNouveau,
  splitRacesWalker,
  splitRacesFault,
  splitRacesEvict,
  splitRacesMunmap,
]
