import { does, NONE, scenario, thread } from 'foliocheck'
import { mapHugeOnce, mapHugeTwice } from '../../machine/page-table/setup.js'
import { pageTable } from '../../machine/page-table/state.js'
import { user_access } from '../../mm/memory_fault/fault.js'
import { dup_mmap } from '../../mm/memory_fork/fork.js'
import { madvise_dontneed } from '../../mm/memory_zap/dontneed.js'
import { change_prot } from '../../mm/mprotect/mprotect.js'
import { DEVICE, driver, SYSTEM } from './parts.js'

/** CPUs that load and store, with their TLBs, while their address space changes. */

const write = (cpu: number, va: number, value: number) => does(user_access, { cpu, va, index: 0, write: true, value })
const read = (cpu: number, va: number) => does(user_access, { cpu, va, index: 0, write: false, value: 0 })

export const accessRacesDontneed = scenario('access-races-dontneed', pageTable, {
  about: 'A CPU stores and loads through a PMD of system memory while MADV_DONTNEED drops it.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('cpu', write(0, 0, 2), read(0, 0)),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['nothing-cached-after-return', 'cached-pages-are-in-use', 'stale-translation-has-flush-pending'],
})

export const twoDontneeds = scenario('two-dontneeds', pageTable, {
  about: 'Two MADV_DONTNEED of one range: the second finds nothing, and must not return before the first has flushed.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('cpu', write(0, 0, 2)),
    thread('dontneed a', does(madvise_dontneed, { va: 0, only: NONE })),
    thread('dontneed b', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['nothing-cached-after-return', 'cached-pages-are-in-use', 'memory-kept'],
})

export const forkRacesWrite = scenario('fork-races-write', pageTable, {
  about: 'A process forks while another of its threads writes; then the child writes too. Each must see its own.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true })],
  threads: [
    thread('fork', does(dup_mmap, { dst: 1, src: 0 }), read(1, 1), write(1, 1, 3), read(1, 1)),
    thread('parent', write(0, 0, 2)),
  ],
  exercises: [
    'read-sees-last-write',
    'exclusive-means-mapped-once',
    'pmd-split-keeps-the-entry',
    'one-translation-size',
  ],
})

export const sharedDeviceWrites = scenario('two-writes-to-shared-device-pmd', pageTable, {
  about: 'After a fork both address spaces write to the device-private folio that they share.',
  bind: driver,
  initial: [s => mapHugeTwice(s, DEVICE)],
  threads: [thread('parent', write(0, 0, 2)), thread('child', write(1, 1, 3))],
  exercises: ['memory-kept', 'exclusive-means-mapped-once', 'fault-owns-its-page'],
})

export const numaRacesDontneed = scenario('numa-scan-races-dontneed', pageTable, {
  about: 'The NUMA scan changes a PMD under mmap_lock for reading while MADV_DONTNEED looks at it without a lock.',
  bind: driver,
  initial: [s => mapHugeOnce(s, SYSTEM, { write: true, dirty: true }), s => mapHugeOnce(s, DEVICE)],
  threads: [
    thread('numa', does(change_prot, { va: 0, change: 'numa' })),
    thread('dontneed', does(madvise_dontneed, { va: 0, only: NONE })),
  ],
  exercises: ['memory-kept', 'rss-equals-entries'],
})

export const uffdProtect = scenario('uffd-protect-races-write', pageTable, {
  about: 'Userspace write-protects a PMD through userfaultfd, and resolves it, while a CPU writes.',
  bind: driver,
  initial: [
    s => {
      mapHugeOnce(s, SYSTEM, { write: true, dirty: true })
      s.vmas[0].uffd = true
    },
    s => {
      mapHugeOnce(s, DEVICE)
      s.vmas[0].uffd = true
    },
  ],
  threads: [
    thread(
      'monitor',
      does(change_prot, { va: 0, change: 'uffd-wp' }),
      does(change_prot, { va: 0, change: 'uffd-wp-resolve' }),
    ),
    thread('cpu', write(0, 0, 2)),
  ],
  exercises: ['uffd-protection-is-kept', 'uffd-protected-means-read-only'],
  tags: ['dp-none-window-uffd'],
})
