import { does, type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { dmirror_devmem_ops } from '../drivers/test_hmm.js'
import { zoneDevice } from '../machine/state.js'
import { speculative_walk } from '../mm/pfn_walker.js'
import {
  endsWith,
  freshDevice,
  freshHmm,
  hmmMigrate,
  LARGE,
  munmap,
  XE,
  xeAfterPmdFolio,
  xeMigrate,
  xeWorker,
} from './parts.js'

/** Model L1 with somebody who walks pfns and pins what he meets. */

const walkerRacesInit = scenario('walker-races-init', zoneDevice, {
  initial: endsWith(1),
  about:
    'xe: while a GPU fault worker makes a PMD-sized folio of free pages, somebody who walks pfns pins its head and asks ' +
    'for its size.',
  bind: drm_pagemap_pagemap_ops,
  setup: freshDevice,
  threads: [thread('gpu fault', xeMigrate(0, 2)), thread('pfn walker', does(speculative_walk, { pfn: 0, look: true }))],
  exercises: ['folio-size-is-right', 'refcount-equals-owners', 'referenced-page-has-pgmap'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const walkerRacesRealloc = scenario('walker-races-realloc', zoneDevice, {
  initial: endsWith(1),
  about:
    'xe: the memory of a dead PMD-sized folio is used again page by page, while somebody who walks pfns looks at one of ' +
    'its former tails.',
  bind: drm_pagemap_pagemap_ops,
  setup: xeAfterPmdFolio,
  threads: [
    thread('worker', xeMigrate(0, 0), munmap(0), xeMigrate(1, 0)),
    thread('pfn walker', does(speculative_walk, { pfn: 2, look: true })),
    xeWorker,
  ],
  exercises: ['page-folio-finds-its-folio', 'refcount-equals-owners', 'free-only-unused-folio'],
  tags: ['xe'],
  needs: [...LARGE, ...XE],
})

const walkerRacesFree = scenario('walker-races-free', zoneDevice, {
  initial: endsWith(1),
  about:
    'test_hmm: a page is unmapped and used again, while somebody who walks pfns holds a reference to it and may be the ' +
    'one who drops the last.',
  bind: dmirror_devmem_ops,
  setup: [...freshHmm(), hmmMigrate(0)],
  threads: [
    thread('munmap', munmap(0), hmmMigrate(1)),
    thread('pfn walker', does(speculative_walk, { pfn: 3, look: false })),
  ],
  exercises: ['refcount-equals-owners', 'free-only-unused-folio', 'free-page-on-one-list'],
  tags: ['test_hmm'],
})

export const walkerScenarios: readonly Scenario[] = [walkerRacesInit, walkerRacesRealloc, walkerRacesFree]
