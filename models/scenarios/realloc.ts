import { type Scenario, scenario, thread } from 'foliocheck'
import { drm_pagemap_pagemap_ops } from '../drivers/drm_pagemap.js'
import { zoneDevice } from '../machine/state.js'
import { endsWith, LARGE, munmap, XE, xeAfterPmdFolio, xeAfterTwoHalves, xeMigrate, xeWorker } from './parts.js'

/** Model L1: pages that were part of a folio of one order are used at another. */

const common = { bind: drm_pagemap_pagemap_ops, needs: [...LARGE, ...XE] }

const reallocSmaller = scenario('realloc-smaller', zoneDevice, {
  initial: endsWith(1),
  ...common,
  about:
    'xe: the memory of a dead PMD-sized folio is handed out again in single pages, to two GPU fault workers; one of ' +
    'them is done with its page soon.',
  setup: xeAfterPmdFolio,
  threads: [thread('worker 1', xeMigrate(0, 0), munmap(0)), thread('worker 2', xeMigrate(1, 0))],
  exercises: ['standalone-layout', 'page-folio-finds-its-folio', 'page-mapped-once', 'free-only-unused-folio'],
  tags: ['xe', 'zd-stale-head-on-realloc', 'zd-split-page-on-freed-folio'],
})

const reallocPageOne = scenario('realloc-every-page-alone', zoneDevice, {
  initial: endsWith(3),
  ...common,
  about: 'xe: one worker migrates four single pages into the memory of a dead PMD-sized folio, in any order of pages.',
  setup: xeAfterPmdFolio,
  threads: [thread('worker', xeMigrate(0, 0), xeMigrate(1, 0), xeMigrate(2, 0))],
  exercises: ['standalone-layout', 'lock-has-owner', 'no-deadlock'],
  tags: ['xe', 'zd-stale-order-is-pg-locked'],
})

const reallocHalves = scenario('realloc-two-halves', zoneDevice, {
  initial: endsWith(0),
  ...common,
  about: 'xe: two workers migrate at once into the two halves of a dead PMD-sized folio, and unmap what they have.',
  setup: xeAfterPmdFolio,
  threads: [thread('worker 1', xeMigrate(0, 1), munmap(0)), thread('worker 2', xeMigrate(1, 1), munmap(1))],
  exercises: ['compound-layout', 'zdd-outlives-folios', 'zdd-is-of-its-block', 'driver-data-is-valid'],
  tags: ['xe', 'zd-reinit-subset-race'],
})

const reallocMixed = scenario('realloc-mixed', zoneDevice, {
  initial: endsWith(1),
  ...common,
  about:
    'xe: in the memory of a dead PMD-sized folio, one worker uses half of it and gives it back, while the other uses a ' +
    'single page; buffer objects are destroyed meanwhile, and whatever is free is used again.',
  setup: xeAfterPmdFolio,
  threads: [
    thread('worker 1', xeMigrate(0, 1), munmap(0), xeMigrate(2, 0)),
    thread('worker 2', xeMigrate(1, 0), munmap(1)),
    xeWorker,
  ],
  exercises: ['compound-layout', 'standalone-layout', 'no-access-after-handover'],
  tags: ['xe'],
})

const reallocLarger = scenario('realloc-larger', zoneDevice, {
  initial: endsWith(0),
  ...common,
  about: 'xe: the memory of two dead order-1 folios becomes one of PMD size, and single pages after that.',
  setup: xeAfterTwoHalves,
  threads: [thread('worker', xeMigrate(0, 2), munmap(0), xeMigrate(1, 0), munmap(1)), xeWorker],
  exercises: ['compound-layout', 'standalone-layout', 'handed-over-clean'],
  tags: ['xe'],
})

export const reallocScenarios: readonly Scenario[] = [
  reallocSmaller,
  reallocPageOne,
  reallocHalves,
  reallocMixed,
  reallocLarger,
]
