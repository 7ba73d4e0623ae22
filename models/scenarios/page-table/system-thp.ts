import { does, NONE, scenario, thread } from 'foliocheck'
import { largeFolio, mapHuge, mapHugeTwice, mapSmall, smallFolio, vma } from '../../machine/page-table/setup.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { deferred_split_scan } from '../../mm/huge_memory_split/users.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { madvise_dontneed } from '../../mm/memory_zap/dontneed.js'
import { migrate_folio } from '../../mm/migrate_folio/migrate.js'
import { make_device_exclusive } from '../../mm/rmap/exclusive.js'
import { DEVICE, driver, OTHER, ptesOfLarge, SYSTEM } from './parts.js'

/** Folios of system memory, and small device-private ones. */

export const splitMeetsMigrationPmd = scenario('split-meets-migration-pmd', pageTable, {
  about: 'The child’s folio is split while that of its parent, at the same index, migrates.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      vma(s, 1)
      largeFolio(s, SYSTEM)
      mapHuge(s, 0, SYSTEM, { write: true, dirty: true })
      largeFolio(s, OTHER)
      mapHuge(s, 1, OTHER, { write: true, dirty: true })
    },
  ],
  threads: [
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
    thread('split', does(deferred_split_scan, { folio: OTHER })),
  ],
  exercises: ['entry-decoded-by-its-kind', 'frozen-folio-is-unmapped'],
  tags: ['thp-split-derefs-migration-pmd'],
})

export const splitSharedFolio = scenario('split-shared-folio', pageTable, {
  about: 'A folio that two address spaces map by PMD is split.',
  bind: driver,
  initial: [s => mapHugeTwice(s, SYSTEM, { dirty: true })],
  threads: [thread('split', does(deferred_split_scan, { folio: SYSTEM }))],
  exercises: ['split-fails-only-for-a-reason', 'frozen-folio-is-unmapped'],
  tags: ['thp-try-to-migrate-stops-early'],
})

export const migrateMeetsDeviceExclusive = scenario('migrate-meets-device-exclusive', pageTable, {
  about: 'A folio migrates of which a driver makes one page device-exclusive.',
  bind: driver,
  initial: [ptesOfLarge],
  threads: [
    thread('driver', does(make_device_exclusive, { va: 0, index: 1 })),
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
  ],
  exercises: ['entry-decoded-by-its-kind', 'mapcounts-equal-entries'],
  tags: ['de-rmap-misreads-device-exclusive'],
})

/** One small device-private folio. */
function smallDevice(s: State): void {
  vma(s, 0)
  smallFolio(s, DEVICE, 0)
  mapSmall(s, 0, DEVICE, { write: true })
}

const twoFaults = [
  thread('cpu a', does(user_access, { cpu: 0, va: 0, index: 0, write: true, value: 2 })),
  thread('cpu b', does(user_access, { cpu: 1, va: 0, index: 0, write: true, value: 3 })),
]

export const twoFaultsOnePage = scenario('two-faults-one-device-page', pageTable, {
  about: 'Two CPUs touch one device-private page that a PTE maps.',
  bind: driver,
  initial: [smallDevice],
  threads: twoFaults,
  exercises: ['no-access-to-free-page', 'fault-owns-its-page'],
  tags: ['dp-fault-page-unreferenced'],
})

export const twoFaultsAndZap = scenario('two-faults-and-zap-of-device-page', pageTable, {
  about: 'Two CPUs touch one device-private page that a PTE maps, while a third gives the range up.',
  bind: driver,
  initial: [smallDevice],
  threads: [...twoFaults, thread('cpu c', does(madvise_dontneed, { va: 0, only: NONE }))],
  exercises: ['no-access-to-free-page', 'fault-owns-its-page'],
  tags: ['dp-fault-page-unreferenced'],
})
