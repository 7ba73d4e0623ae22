import { does, scenario, thread } from 'foliocheck'
import { nouveau, nouveau_dmem_fini, nouveau_range_fault } from '../../drivers/svm/nouveau.js'
import { DEVICE, svm } from '../../machine/svm/index.js'
import { map, nouveau as setUp } from '../../machine/svm/setup.js'
import { gpu_access, user_access } from '../../mm/svm/access.js'

/** nouveau: a chunk and those who use it. */

export const nouveauUnbind = scenario('nouveau-unbind-races-cpu-fault', svm, {
  about: 'nouveau goes while a process has two device pages, and touches one of them.',
  bind: nouveau,
  initial: [
    s => {
      setUp(s)
      map(s, 0, DEVICE)
      map(s, 1, DEVICE + 1)
    },
  ],
  threads: [
    thread('unbind', does(nouveau_dmem_fini, {})),
    thread('cpu', does(user_access, { va: 0, write: true, value: 2 })),
  ],
  exercises: ['device-memory-present', 'no-deadlock', 'refcount-is-sane', 'memory-kept', 'nothing-left-over'],
  tags: ['drv-nouveau-unbind-with-live-pages'],
})

export const nouveauFaultRacesCpuFault = scenario('nouveau-gpu-fault-races-cpu-fault', svm, {
  about: 'nouveau maps its own memory for its device, which writes to it, while a CPU takes the page back.',
  bind: nouveau,
  initial: [
    s => {
      setUp(s)
      map(s, 0, DEVICE)
    },
  ],
  threads: [
    thread(
      'gpu fault',
      does(nouveau_range_fault, { first: 0, last: 0, write: true }),
      does(gpu_access, { va: 0, write: true, value: 2 }),
    ),
    thread('cpu', does(user_access, { va: 0, write: false, value: 0 })),
  ],
  exercises: ['device-entry-is-never-stale', 'device-reaches-pages-in-use', 'memory-kept', 'no-deadlock'],
})
