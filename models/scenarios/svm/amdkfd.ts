import { does, NONE, scenario, thread } from 'foliocheck'
import { kfd, svm_range_restore_pages } from '../../drivers/svm/amdkfd.js'
import { DEVICE, svm } from '../../machine/svm/index.js'
import { device, map } from '../../machine/svm/setup.js'
import { gpu_access, user_access } from '../../mm/svm/access.js'
import { madvise_dontneed } from '../../mm/svm/zap.js'

/** amdkfd: its mutexes, and the BO of its pages. */

const restore = { first: 0, last: 1, write: true }

export const kfdMixedRange = scenario('kfd-maps-mixed-range', svm, {
  about: 'amdkfd maps a range for writing: one page is in RAM and read-only since a fork, its neighbour in VRAM.',
  bind: kfd,
  initial: [
    s => {
      device(s)
      map(s, 0, 0, { write: false })
      map(s, 1, DEVICE)
    },
  ],
  threads: [thread('gpu fault', does(svm_range_restore_pages, { ...restore, migrate: NONE }))],
  exercises: ['no-lock-recursion', 'device-entry-is-never-stale', 'nothing-left-over'],
  tags: ['drv-amdkfd-migrate-lock-recursion'],
})

export const kfdFaultRacesMigration = scenario('kfd-migration-races-cpu-fault', svm, {
  about: 'amdkfd moves one page to VRAM and maps it with another that a CPU takes back meanwhile.',
  bind: kfd,
  initial: [
    s => {
      device(s)
      map(s, 0, 0)
      map(s, 1, DEVICE)
    },
  ],
  threads: [
    thread(
      'gpu fault',
      does(svm_range_restore_pages, { ...restore, migrate: 0 }),
      does(gpu_access, { va: 1, write: true, value: 2 }),
    ),
    thread('cpu', does(user_access, { va: 1, write: false, value: 0 })),
  ],
  exercises: ['no-deadlock', 'device-entry-is-never-stale', 'entry-weakened-inside-notifier', 'memory-kept'],
})

export const kfdMixedRangeRaces = scenario('kfd-mixed-range-races-cpu-fault', svm, {
  about: 'amdkfd maps a range whose first page must be faulted in, while a CPU takes back the second, from VRAM.',
  bind: kfd,
  initial: [
    s => {
      device(s)
      map(s, 0, 0, { write: false })
      map(s, 1, DEVICE)
    },
  ],
  threads: [
    thread('gpu fault', does(svm_range_restore_pages, { ...restore, migrate: NONE })),
    thread('cpu', does(user_access, { va: 1, write: false, value: 0 })),
  ],
  exercises: ['lock-order', 'no-lock-at-exit', 'no-deadlock', 'device-entry-is-never-stale'],
  tags: ['drv-amdkfd-folio-lock-inversion'],
})

export const kfdLastPageZapped = scenario('kfd-last-page-is-zapped', svm, {
  about: 'MADV_DONTNEED of the last page of an svm_range_bo, while the GPU maps the range.',
  bind: kfd,
  initial: [
    s => {
      device(s)
      map(s, 0, DEVICE)
    },
  ],
  threads: [
    thread('gpu fault', does(svm_range_restore_pages, { first: 0, last: 0, write: true, migrate: NONE })),
    thread('cpu', does(madvise_dontneed, { va: 0 })),
  ],
  exercises: ['no-sleep-under-spinlock', 'no-lock-at-exit', 'device-memory-present'],
  tags: ['drv-amdkfd-bo-release-sleeps'],
})
