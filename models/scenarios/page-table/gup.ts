import { does, scenario, thread } from 'foliocheck'
import { mapHugeOnce } from '../../machine/page-table/setup.js'
import { pageTable } from '../../machine/page-table/state.js'
import { pin_user_pages_fast } from '../../mm/gup/pin-user-pages.js'
import { deferred_split_scan } from '../../mm/huge_memory_split/users.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { dup_mmap } from '../../mm/memory_fork/fork.js'
import { migrate_folio } from '../../mm/migrate_folio/migrate.js'
import { driver, ptesOfLarge, SYSTEM } from './parts.js'

/** GUP-fast pins a page without a lock while somebody takes it away. Safe, and must be proved so. */

const pin = (write: boolean) => thread('pin', does(pin_user_pages_fast, { va: 0, index: 1, write, value: 2 }))

export const splitRacesPin = scenario('split-races-pin', pageTable, {
  about: 'A PMD is split and frozen, and its folio with it, while GUP-fast pins one of the pages.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true }), ptesOfLarge],
  threads: [pin(true), thread('split', does(deferred_split_scan, { folio: SYSTEM }))],
  exercises: ['pinned-page-stays-exclusive', 'frozen-folio-is-unmapped', 'split-fails-only-for-a-reason'],
})

export const migrateRacesPin = scenario('migrate-races-pin', pageTable, {
  about: 'A folio migrates while GUP-fast pins one of its pages, and a device stores into it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true }), ptesOfLarge],
  threads: [pin(true), thread('migrate', does(migrate_folio, { folio: SYSTEM }))],
  exercises: ['pinned-page-stays-exclusive', 'migration-entry-means-locked', 'memory-kept'],
})

export const migrateRacesPinStoreOrder = scenario('migrate-races-pin-store-order', pageTable, {
  about:
    'As migrate-races-pin, on CPUs whose stores become visible late: the pin count and the second look at the entry.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [pin(true), thread('migrate', does(migrate_folio, { folio: SYSTEM }))],
  exercises: ['pinned-page-stays-exclusive'],
  storeOrder: 'pso',
})

export const forkRacesPin = scenario('fork-races-pin', pageTable, {
  about: 'A process forks while one of its threads pins a page for a device that stores into it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true }), ptesOfLarge],
  threads: [pin(true), thread('fork', does(dup_mmap, { dst: 1, src: 0 }))],
  exercises: ['pinned-page-stays-exclusive', 'exclusive-means-mapped-once', 'memory-kept'],
})

export const forkThenPin = scenario('fork-then-read-pin', pageTable, {
  about: 'A process forks, then one of its threads pins a page for reading while another writes to it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread(
      'parent',
      does(dup_mmap, { dst: 1, src: 0 }),
      does(user_access, { cpu: 0, va: 0, index: 1, write: true, value: 3 }),
    ),
    pin(false),
  ],
  exercises: ['pinned-page-stays-exclusive', 'read-sees-last-write', 'memory-kept'],
})
