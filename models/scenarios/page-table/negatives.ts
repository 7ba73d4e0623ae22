import { does, NONE, scenario, thread } from 'foliocheck'
import { largeFolio, mapHuge, mapHugeOnce, mapHugeTwice, vma } from '../../machine/page-table/setup.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { deferred_split_scan } from '../../mm/huge_memory_split/users.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { dup_mmap } from '../../mm/memory_fork/fork.js'
import { madvise_dontneed } from '../../mm/memory_zap/dontneed.js'
import { migrate_device_pfns, migrate_folio } from '../../mm/migrate_folio/migrate.js'
import { mprotect } from '../../mm/mprotect/mprotect.js'
import { mremap } from '../../mm/mremap/mremap.js'
import { DEVICE, driver, SYSTEM } from './parts.js'

/** Races that are safe, and must be proved so. */

export const migrateRacesDontneed = scenario('migrate-races-dontneed', pageTable, {
  about: 'A PMD-mapped folio of system memory migrates while its address space drops it with MADV_DONTNEED.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['references-are-owned', 'mapcounts-equal-entries', 'migration-entry-means-locked'],
})

export const forkRacesMigrate = scenario('fork-races-migrate', pageTable, {
  about: 'A process forks while the folio that its PMD maps migrates.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('fork', does(dup_mmap, { dst: 1, src: 0 })),
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
  ],
  exercises: ['exclusive-means-mapped-once', 'exclusive-migration-entry-is-alone', 'migration-entry-means-locked'],
})

export const twoFaultsOneFolio = scenario('two-faults-one-device-folio', pageTable, {
  about: 'Two CPUs write to two pages of one device-private folio that a PMD maps.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('cpu a', does(user_access, { cpu: 0, va: 0, index: 0, write: true, value: 2 })),
    thread('cpu b', does(user_access, { cpu: 1, va: 0, index: 1, write: true, value: 3 })),
  ],
  exercises: ['fault-owns-its-page', 'device-entry-names-live-folio', 'memory-kept'],
})

export const faultRacesEviction = scenario('fault-races-eviction', pageTable, {
  about: 'A CPU touches a device-private folio that a PMD maps while its driver evicts it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('cpu a', does(user_access, { cpu: 0, va: 0, index: 0, write: true, value: 2 })),
    thread('evict', does(migrate_device_pfns, { page: DEVICE })),
  ],
  exercises: ['fault-owns-its-page', 'waiter-finds-folio-locked'],
})

export const splitRacesDontneed = scenario('split-races-dontneed', pageTable, {
  about: 'A folio is split while MADV_DONTNEED drops its migration PTEs, in one of the address spaces that map it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true }), s => mapHugeTwice(s, SYSTEM, { dirty: true })],
  threads: [
    thread('split', does(deferred_split_scan, { folio: SYSTEM })),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['frozen-folio-is-unmapped', 'pmd-split-keeps-the-entry', 'split-fails-only-for-a-reason'],
})

export const splitRacesMremap = scenario('split-races-mremap', pageTable, {
  about: 'A folio is split while mremap moves its PMD or its PTEs.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('split', does(deferred_split_scan, { folio: SYSTEM })),
    thread('mremap', does(mremap, { from: 0, to: 2 })),
  ],
  exercises: ['frozen-folio-is-unmapped', 'memory-kept', 'soft-dirty-is-kept'],
})

/** The folio of va2, which mremap moves to a place that rmap walks come to first. */
function mappedAtTheEnd(s: State): void {
  vma(s, 2)
  largeFolio(s, SYSTEM)
  mapHuge(s, 2, SYSTEM, { write: true, dirty: true })
}

export const splitRacesLowerMremap = scenario('split-races-mremap-with-rmap-locks', pageTable, {
  about: 'A folio is split while mremap moves it to where the rmap walk has been already, and so takes the rmap locks.',
  bind: driver,
  initial: [mappedAtTheEnd],
  threads: [
    thread('split', does(deferred_split_scan, { folio: SYSTEM })),
    thread('mremap', does(mremap, { from: 2, to: 0 })),
  ],
  exercises: ['frozen-folio-is-unmapped', 'split-fails-only-for-a-reason', 'memory-kept'],
})

export const migrateRacesMremap = scenario('migrate-races-mremap', pageTable, {
  about: 'A folio of system memory migrates while mremap moves the PMD that maps it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
    thread('mremap', does(mremap, { from: 0, to: 2 })),
  ],
  exercises: ['memory-kept', 'soft-dirty-is-kept', 'migration-entry-means-locked'],
})

export const migrateRacesMprotect = scenario('migrate-races-mprotect', pageTable, {
  about: 'A folio of system memory migrates while mprotect takes write permission from it and a CPU writes to it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
    thread('mprotect', does(mprotect, { va: 0, write: false })),
    thread('cpu', does(user_access, { cpu: 0, va: 0, index: 0, write: true, value: 2 })),
  ],
  exercises: ['writable-only-where-vma-allows', 'stale-translation-has-flush-pending', 'nothing-cached-after-return'],
})
