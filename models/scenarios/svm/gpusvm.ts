import { does, scenario, thread } from 'foliocheck'
import { xe_svm_handle_pagefault } from '../../drivers/svm/drm_gpusvm.js'
import { migrate_page_to_ram } from '../../drivers/svm/to_ram.js'
import { xe } from '../../drivers/svm/xe.js'
import { DEVICE, type State, svm } from '../../machine/svm/index.js'
import { devmem, map, xe as setUp } from '../../machine/svm/setup.js'
import { gpu_access, user_access } from '../../mm/svm/access.js'
import { madvise_dontneed, mprotect } from '../../mm/svm/zap.js'

/** drm_gpusvm: the device’s page table against the CPU’s. */

const fault = (last: number, write: boolean) => does(xe_svm_handle_pagefault, { first: 0, last, write })
const needs = ['drm_gpusvm_get_pages']

export const gpuFaultRacesDontneed = scenario('gpu-fault-races-dontneed', svm, {
  about: 'The device faults a page in and writes to it while MADV_DONTNEED drops it and a CPU touches it again.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, 0)
    },
  ],
  threads: [
    thread('gpu', fault(0, true), does(gpu_access, { va: 0, write: true, value: 2 })),
    thread('cpu', does(madvise_dontneed, { va: 0 }), does(user_access, { va: 0, write: false, value: 0 })),
  ],
  exercises: [
    'device-entry-is-never-stale',
    'entry-weakened-inside-notifier',
    'device-reaches-pages-in-use',
    'read-sees-last-write',
    'memory-kept',
  ],
})

export const gpuFaultRacesMprotect = scenario('gpu-fault-races-mprotect', svm, {
  about: 'The device faults two pages in for writing while mprotect takes write permission from one of them.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, 0)
      map(s, 1, 1)
    },
  ],
  threads: [
    thread('gpu', fault(1, true), does(gpu_access, { va: 1, write: true, value: 2 })),
    thread('mprotect', does(mprotect, { va: 1 })),
  ],
  exercises: ['device-entry-is-never-stale', 'entry-weakened-inside-notifier'],
})

export const gpuFaultRacesTwoRanges = scenario('gpu-fault-races-two-ranges', svm, {
  about:
    'The device faults a page in while two threads of the process change two pages, in ranges that overlap in time.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, 0)
      map(s, 1, 1)
    },
  ],
  threads: [
    thread('gpu', fault(0, true), does(gpu_access, { va: 0, write: true, value: 2 })),
    thread('dontneed', does(madvise_dontneed, { va: 0 })),
    thread('mprotect', does(mprotect, { va: 1 })),
  ],
  exercises: ['device-entry-is-never-stale', 'device-reaches-pages-in-use', 'memory-kept', 'no-deadlock'],
})

export const gpuFaultRacesEviction = scenario('gpu-fault-races-eviction', svm, {
  about: 'The device maps its own memory and writes to it while its driver evicts the page and a CPU reads it.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, DEVICE)
      devmem(s, 0)
    },
  ],
  threads: [
    thread('gpu', fault(0, true), does(gpu_access, { va: 0, write: true, value: 2 })),
    thread('evict', does(migrate_page_to_ram, { page: DEVICE })),
    thread('cpu', does(user_access, { va: 0, write: false, value: 0 })),
  ],
  exercises: ['device-entry-is-never-stale', 'entry-weakened-inside-notifier', 'zdd-outlives-folios', 'memory-kept'],
})

export const gpuFaultRacesCpuFault = scenario('gpu-fault-races-cpu-fault', svm, {
  about: 'The device maps its own memory and writes to it while a CPU takes the page back.',
  bind: xe,
  needs,
  initial: [
    (s: State) => {
      setUp(s)
      map(s, 0, DEVICE)
      devmem(s, 0)
    },
  ],
  threads: [
    thread('gpu', fault(0, true), does(gpu_access, { va: 0, write: true, value: 2 })),
    thread('cpu', does(user_access, { va: 0, write: false, value: 0 })),
  ],
  exercises: [
    'device-entry-is-never-stale',
    'entry-weakened-inside-notifier',
    'zdd-outlives-folios',
    'memory-kept',
    'no-deadlock',
  ],
})
