import { does, NONE, scenario, thread } from 'foliocheck'
import { mapHugeOnce, mapHugeTwice } from '../../machine/page-table/setup.js'
import { pageTable } from '../../machine/page-table/state.js'
import { migrate_vma_to_small } from '../../mm/huge_memory_split/users.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { madvise_dontneed } from '../../mm/memory_zap/dontneed.js'
import { DEVICE, driver, SYSTEM } from './parts.js'

/** A large folio whose destination has smaller pages, so that it is split in the middle of its migration. */

export const migrateToSmall = scenario('migrate-to-small-pages', pageTable, {
  about: 'A device-private folio migrates to small pages while a CPU writes to it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('migrate', does(migrate_vma_to_small, { va: 0, device: true })),
    thread('cpu', does(user_access, { cpu: 0, va: 0, index: 1, write: true, value: 2 })),
  ],
  exercises: ['frozen-folio-is-unmapped', 'references-are-owned'],
  tags: ['dp-frozen-split-reference'],
})

export const sharedToSmall = scenario('migrate-shared-to-small-pages', pageTable, {
  about: 'A folio that two address spaces map by PMD migrates to small pages.',
  bind: driver,
  initial: [s => mapHugeTwice(s, SYSTEM, { dirty: true })],
  threads: [thread('migrate', does(migrate_vma_to_small, { va: 0, device: false }))],
  exercises: ['frozen-folio-is-unmapped', 'memory-kept'],
  tags: ['dp-split-unmapped-shared'],
})

export const toSmallRacesDontneed = scenario('migrate-to-small-races-dontneed', pageTable, {
  about: 'A folio migrates to small pages while MADV_DONTNEED drops its migration entry.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('migrate', does(migrate_vma_to_small, { va: 0, device: false })),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['nothing-left-over', 'references-are-owned'],
  tags: ['dp-split-unmapped-zapped'],
})

export const toSmallRacesRefault = scenario('migrate-to-small-races-refault', pageTable, {
  about: 'The same, and the address is written again before the migration goes on.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('migrate', does(migrate_vma_to_small, { va: 0, device: false })),
    thread(
      'user',
      does(madvise_dontneed, { va: 0, only: NONE }),
      does(user_access, { cpu: 0, va: 0, index: 0, write: true, value: 2 }),
    ),
  ],
  exercises: ['free-only-unmapped-folio', 'memory-kept'],
  tags: ['dp-split-unmapped-zapped'],
})
