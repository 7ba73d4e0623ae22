import { does, NONE, scenario, thread } from 'foliocheck'
import { mapHugeOnce, mapHugeTwice } from '../../machine/page-table/setup.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { dup_mmap } from '../../mm/memory_fork/fork.js'
import { madvise_dontneed, munmap } from '../../mm/memory_zap/dontneed.js'
import { migrate_device_pfns } from '../../mm/migrate_folio/migrate.js'
import { migrate_vma_to_device } from '../../mm/migrate_folio/vma.js'
import { mprotect } from '../../mm/mprotect/mprotect.js'
import { mremap } from '../../mm/mremap/mremap.js'
import { DEVICE, driver, SYSTEM } from './parts.js'

/** A device-private folio migrates, without mmap_lock or with it, while its address space is changed. */

const evict = thread('evict', does(migrate_device_pfns, { page: DEVICE }))
const spec = { bind: driver, initial: [(s: State) => mapHugeOnce(s, DEVICE)] }

export const evictRacesDontneed = scenario('evict-races-dontneed', pageTable, {
  ...spec,
  about: 'A driver evicts a device-private folio while MADV_DONTNEED drops the PMD that maps it.',
  threads: [evict, thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE }))],
  exercises: ['no-mapcount-underflow', 'memory-kept'],
  tags: ['dp-zap-migration-entry-of-device-folio', 'dp-none-window-dontneed'],
})

export const faultRacesDontneed = scenario('fault-races-dontneed', pageTable, {
  ...spec,
  about: 'A CPU touches a device-private folio while MADV_DONTNEED on another CPU drops the PMD that maps it.',
  threads: [
    thread('cpu', does(user_access, { cpu: 0, va: 0, index: 0, write: false, value: 0 })),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['no-mapcount-underflow', 'memory-kept'],
  tags: ['dp-zap-migration-entry-of-device-folio', 'dp-none-window-dontneed'],
})

export const evictRacesMprotect = scenario('evict-races-mprotect', pageTable, {
  ...spec,
  about: 'A driver evicts a device-private folio while mprotect takes write permission from it.',
  threads: [evict, thread('mprotect', does(mprotect, { va: 0, write: false }))],
  exercises: ['writable-only-where-vma-allows'],
  tags: ['dp-none-window-mprotect'],
})

export const evictRacesFork = scenario('evict-races-fork', pageTable, {
  ...spec,
  about: 'A driver evicts a device-private folio while the process that maps it forks.',
  threads: [evict, thread('fork', does(dup_mmap, { dst: 1, src: 0 }))],
  exercises: ['memory-kept', 'mapcounts-equal-entries'],
  tags: ['dp-none-window-fork'],
})

export const evictRacesMremap = scenario('evict-races-mremap', pageTable, {
  ...spec,
  about: 'A driver evicts a device-private folio while mremap moves the PMD that maps it.',
  threads: [evict, thread('mremap', does(mremap, { from: 0, to: 2 }))],
  exercises: ['memory-kept', 'soft-dirty-is-kept'],
  tags: ['dp-none-window-mremap', 'dp-mremap-soft-dirty'],
})

export const evictRacesMunmap = scenario('evict-races-munmap', pageTable, {
  ...spec,
  about: 'A driver evicts a device-private folio while its VMA is unmapped.',
  threads: [evict, thread('munmap', does(munmap, { va: 0 }))],
  exercises: ['no-mapcount-underflow', 'nothing-left-over'],
  tags: ['dp-zap-migration-entry-of-device-folio', 'dp-none-window-munmap'],
})

export const mremapDevicePmd = scenario('mremap-device-pmd', pageTable, {
  ...spec,
  about: 'mremap moves a device-private PMD.',
  threads: [thread('mremap', does(mremap, { from: 0, to: 2 }))],
  exercises: ['soft-dirty-is-kept'],
  tags: ['dp-mremap-soft-dirty'],
})

export const sharedSoftDirtyToDevice = scenario('shared-soft-dirty-to-device', pageTable, {
  about: 'A soft-dirty folio that two address spaces map moves to the device.',
  bind: driver,
  initial: [s => mapHugeTwice(s, SYSTEM, { softDirty: true, dirty: true })],
  threads: [thread('migrate', does(migrate_vma_to_device, { va: 0 }))],
  exercises: ['no-kernel-warning'],
  tags: ['dp-remove-migration-pmd-false-warning'],
})
