import { does, NONE, scenario, thread } from 'foliocheck'
import { largeFolio, mapHugeOnce, mapSmall, smallFolio, vma } from '../../machine/page-table/setup.js'
import { N } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { madvise_dontneed } from '../../mm/memory_zap/dontneed.js'
import { migrate_folio } from '../../mm/migrate_folio/migrate.js'
import { migrate_vma_to_device } from '../../mm/migrate_folio/vma.js'
import { migrate_vma_populate } from '../../mm/migrate_vma/insert-huge.js'
import { lru_add_drain } from '../../mm/migrate_vma/lru.js'
import { devmem_migrate_range_to_ram, migrate_vma_range } from '../../mm/migrate_vma/range.js'
import { DEVICE, driver, OTHER, SYSTEM } from './parts.js'

/** A driver collects the pages of a range, PTE by PTE, or fills a hole in it. */

const read = (index: number) => does(user_access, { cpu: 0, va: 0, index, write: false, value: 0 })
const write = (index: number) => does(user_access, { cpu: 0, va: 0, index, write: true, value: 2 })
const toDevice = does(migrate_vma_range, { va: 0, toDevice: true })
const toSystem = does(migrate_vma_range, { va: 0, toDevice: false })
const dontneed = thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE }))
const rangeDriver = { migrate_to_ram: devmem_migrate_range_to_ram }

/** One page of system memory, at the first PTE. */
function onePage(s: State, writable: boolean): void {
  smallFolio(s, SYSTEM, 0)
  mapSmall(s, 0, SYSTEM, { write: writable })
}

/** The last page of a PMD-sized folio, at the last PTE: what is left of it after a partial munmap and mremap. */
function partOfLarge(s: State): void {
  largeFolio(s, OTHER)
  mapSmall(s, 0, OTHER + N - 1, { write: true, dirty: true })
}

/** A device-private folio whose PMD was split. */
function devicePtes(s: State): void {
  vma(s, 0)
  largeFolio(s, DEVICE)
  for (let i = 0; i < N; i++) mapSmall(s, 0, DEVICE + i, { write: true })
}

export const collectMeetsPartOfLarge = scenario('collect-meets-part-of-large-folio', pageTable, {
  about: 'A driver collects a small page and, behind it, a page of a large folio, which it must split first.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      partOfLarge(s)
      onePage(s, true)
    },
  ],
  threads: [thread('migrate', toDevice), thread('cpu', read(N - 1))],
  exercises: ['slot-is-that-of-the-address', 'no-migration-entry-left', 'frozen-folio-is-unmapped'],
  needs: ['migrate_vma_split_folio'],
  tags: ['dp-collect-restart-orphans-migration-entries'],
})

export const collectRacesDontneed = scenario('collect-races-dontneed', pageTable, {
  about:
    'The same pages, and the first is dropped with MADV_DONTNEED, and read again through what a TLB may still have.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      onePage(s, false)
    },
    s => {
      vma(s, 0)
      partOfLarge(s)
      onePage(s, false)
    },
  ],
  threads: [thread('migrate', toDevice), thread('cpu', read(0), does(madvise_dontneed, { va: 0, only: 0 }), read(0))],
  exercises: ['nothing-cached-after-return', 'read-sees-last-write', 'stale-translation-has-flush-pending'],
  tags: ['dp-tlb-flush-after-ptl', 'dp-collect-split-before-flush'],
})

export const collectOfReferencedPage = scenario('collect-of-referenced-page', pageTable, {
  about: 'A clean page is written, collected, and stays where it is because somebody has a reference to it.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      onePage(s, true)
      s.pages[SYSTEM].ref++
    },
  ],
  threads: [thread('migrate', toDevice), thread('cpu', write(0))],
  exercises: ['clean-folio-is-saved', 'memory-kept'],
  tags: ['dp-dirty-bit-lost'],
})

export const toDeviceAndBack = scenario('page-to-device-and-back', pageTable, {
  about: 'A page of system memory migrates to the device and back; after each way the LRU batch is emptied.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      onePage(s, true)
    },
  ],
  threads: [thread('migrate', toDevice, does(lru_add_drain, {}), toSystem, does(lru_add_drain, {}))],
  exercises: ['folio-on-lru-is-charged', 'memory-kept', 'nothing-left-over'],
  tags: ['dp-finalize-lru-add-of-dying-folio'],
})

export const collectSplitRacesDontneed = scenario('collect-split-races-dontneed', pageTable, {
  about: 'A driver splits the large folio that it has met, while MADV_DONTNEED drops the only PTE that maps it.',
  bind: driver,
  initial: [
    s => {
      vma(s, 0)
      partOfLarge(s)
    },
  ],
  threads: [thread('migrate', toDevice), dontneed],
  exercises: ['refcount-is-sane', 'no-access-to-free-page'],
  needs: ['migrate_vma_split_folio'],
  tags: ['dp-collect-split-unreferenced'],
})

export const faultSplitsItsFolio = scenario('fault-splits-its-folio', pageTable, {
  about: 'A CPU writes to the last page of a device-private folio that PTEs map; the driver brings all of it back.',
  bind: rangeDriver,
  initial: [devicePtes],
  threads: [thread('cpu', write(N - 1))],
  exercises: ['migration-entry-means-locked', 'fault-owns-its-page', 'memory-kept'],
  needs: ['devmem_migrate_range_to_ram'],
  tags: ['dp-collect-stale-fault-folio'],
})

export const faultSplitRacesDontneed = scenario('fault-split-races-dontneed', pageTable, {
  about: 'The same while MADV_DONTNEED drops the PTEs.',
  bind: rangeDriver,
  initial: [devicePtes],
  threads: [thread('cpu', write(N - 1)), dontneed],
  exercises: ['refcount-is-sane', 'no-access-to-free-page'],
  needs: ['devmem_migrate_range_to_ram'],
  tags: ['dp-split-fault-piece-unpinned'],
})

export const populateRacesFault = scenario('populate-races-fault', pageTable, {
  about: 'A driver fills a hole with a large folio of its memory while a CPU writes there.',
  bind: driver,
  initial: [s => vma(s, 0)],
  threads: [thread('migrate', does(migrate_vma_populate, { va: 0 })), thread('cpu', write(0))],
  exercises: ['allocated-table-is-used-or-freed', 'no-lock-left', 'deposits-equal-leaves'],
  needs: ['migrate_vma_populate'],
  tags: ['dp-insert-huge-spinlock-leak', 'dp-insert-huge-pgtable-leak'],
})

export const collectMeetsMigrationPmd = scenario('collect-meets-migration-pmd', pageTable, {
  about: 'A driver collects a PMD whose folio migrates at that time.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('migrate', does(migrate_folio, { folio: SYSTEM })),
    thread('driver', does(migrate_vma_to_device, { va: 0 })),
  ],
  exercises: ['unlock-by-holder', 'migration-entry-means-locked'],
  tags: ['dp-collect-huge-double-unlock'],
})
