import { does, scenario, thread } from 'foliocheck'
import { largeFolio, mapHuge, mapHugeOnce, mapHugeTwice, vma } from '../../machine/page-table/setup.js'
import { pageTable } from '../../machine/page-table/state.js'
import { madvise_walk } from '../../mm/madvise_walk/walkers.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { madvise_dontneed } from '../../mm/memory_zap/dontneed.js'
import { migrate_device_pfns, migrate_folio } from '../../mm/migrate_folio/migrate.js'
import { migrate_vma_to_device } from '../../mm/migrate_folio/vma.js'
import { mprotect } from '../../mm/mprotect/mprotect.js'
import { DEVICE, driver, SYSTEM } from './parts.js'

/** One device-private folio, mapped by PMDs, and what happens to its entries. */

export const mprotectDevicePmd = scenario('mprotect-device-pmd', pageTable, {
  about: 'mprotect takes write permission from a device-private PMD while a CPU writes through it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE), s => mapHugeOnce(s, DEVICE, { write: true, softDirty: true })],
  threads: [
    thread('mprotect', does(mprotect, { va: 0, write: false })),
    thread('cpu', does(user_access, { cpu: 0, va: 0, index: 0, write: true, value: 2 })),
  ],
  exercises: ['writable-only-where-vma-allows'],
  tags: ['dp-change-pmd-downgrade-lost'],
})

export const mprotectProtectedDevicePmd = scenario('mprotect-uffd-device-pmd', pageTable, {
  about: 'mprotect takes write permission from a device-private PMD that has the marker of userfaultfd.',
  bind: driver,
  initial: [
    s => mapHugeOnce(s, DEVICE, { write: true, uffd: true }),
    s => mapHugeOnce(s, DEVICE, { write: false, exclusive: true, uffd: true }),
  ],
  threads: [thread('mprotect', does(mprotect, { va: 0, write: false }), does(mprotect, { va: 0, write: true }))],
  exercises: ['uffd-protection-is-kept'],
  tags: ['dp-uffd-wp-lost-on-downgrade'],
})

export const sharedDevicePmdWrite = scenario('write-to-shared-device-pmd', pageTable, {
  about: 'After a fork both address spaces map a soft-dirty device-private folio; the child writes to it.',
  bind: driver,
  initial: [s => mapHugeTwice(s, DEVICE, { softDirty: true }), s => mapHugeTwice(s, DEVICE)],
  threads: [thread('child', does(user_access, { cpu: 0, va: 1, index: 0, write: true, value: 2 }))],
  exercises: ['memory-kept', 'migration-entry-means-locked'],
  tags: ['dp-pmd-softdirty-read-as-write'],
})

export const evictRacesSharedFault = scenario('evict-races-shared-fault', pageTable, {
  about: 'A driver evicts a device-private folio that two address spaces map, while one of them reads it.',
  bind: driver,
  initial: [s => mapHugeTwice(s, DEVICE), s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('evict', does(migrate_device_pfns, { page: DEVICE })),
    thread('child', does(user_access, { cpu: 0, va: 1, index: 0, write: false, value: 0 })),
  ],
  exercises: ['memory-kept', 'migration-entry-means-locked'],
  tags: ['dp-remove-migration-pmd-entry-clobbered'],
})

export const evictRacesPartialDontneed = scenario('evict-races-partial-dontneed', pageTable, {
  about: 'A driver evicts a device-private folio while MADV_DONTNEED of one of its pages splits the PMD.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('evict', does(migrate_device_pfns, { page: DEVICE })),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: 1 })),
  ],
  exercises: ['entry-decoded-by-its-kind', 'pmd-split-keeps-the-entry'],
  tags: ['dp-pvmw-unrevalidated-pmd'],
})

export const migrateMeetsOtherDevicePmd = scenario('migrate-meets-other-device-pmd', pageTable, {
  about: 'A folio of the child migrates; where its parent had it before, there is a device-private folio now.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      vma(s, 1)
      largeFolio(s, DEVICE)
      mapHuge(s, 0, DEVICE, { write: true })
      largeFolio(s, SYSTEM)
      mapHuge(s, 1, SYSTEM, { write: true, dirty: true })
    },
  ],
  threads: [thread('migrate', does(migrate_folio, { folio: SYSTEM }))],
  exercises: ['migration-entry-means-locked'],
  tags: ['dp-pvmw-unrevalidated-pmd'],
})

export const partialDontneedDevice = scenario('partial-dontneed-device-pmd', pageTable, {
  about: 'MADV_DONTNEED of one page of a device-private PMD splits it; the rest is used afterwards.',
  bind: driver,
  initial: [
    s => mapHugeOnce(s, DEVICE),
    s => mapHugeOnce(s, DEVICE, { write: false, exclusive: true, softDirty: true }),
  ],
  threads: [thread('dontneed', does(madvise_dontneed, { va: 0, only: 1 }))],
  exercises: ['pmd-split-keeps-the-entry', 'mapcounts-equal-entries'],
  tags: ['dp-split-pmd-becomes-device-exclusive'],
})

export const madviseFreeRacesMigrate = scenario('madvise-free-races-migrate', pageTable, {
  about: 'MADV_FREE of a PMD-mapped folio of system memory while a driver moves it to the device.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('madvise', does(madvise_walk, { va: 0, walk: 'free' })),
    thread('migrate', does(migrate_vma_to_device, { va: 0 })),
  ],
  exercises: ['asserted-entry-kind-is-right'],
  tags: ['dp-madvise-free-pmd-toctou'],
})

export const mbindDevicePmd = scenario('mbind-device-pmd', pageTable, {
  about: 'mbind, then MADV_COLD, walk over a device-private PMD, or over one that becomes so.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE), s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('walk', does(madvise_walk, { va: 0, walk: 'mbind' }), does(madvise_walk, { va: 0, walk: 'cold' })),
    thread('migrate', does(migrate_vma_to_device, { va: 0 })),
  ],
  exercises: ['entry-decoded-by-its-kind'],
  tags: ['dp-mempolicy-madvise-walk-softleaf'],
})

export const faultMigratesLarge = scenario('fault-migrates-large-folio', pageTable, {
  about: 'A CPU touches a device-private PMD; the folio comes back as a whole.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE)],
  threads: [thread('cpu', does(user_access, { cpu: 0, va: 0, index: 0, write: false, value: 0 }))],
  exercises: ['nothing-left-over', 'read-sees-last-write'],
  tags: ['dp-mthp-anon-stat-drift'],
})
