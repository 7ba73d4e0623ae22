import { does, scenario, thread } from 'foliocheck'
import { nouveau, nouveau_dmem_fini } from '../../drivers/svm/nouveau.js'
import { DEVICE, svm } from '../../machine/svm/index.js'
import { map, nouveau as setUp } from '../../machine/svm/setup.js'
import { user_access } from '../../mm/svm/access.js'

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
