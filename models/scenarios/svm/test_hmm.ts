import { does, scenario, thread } from 'foliocheck'
import { dmirror_range_fault, test_hmm } from '../../drivers/svm/test_hmm.js'
import { DEVICE, type State, svm } from '../../machine/svm/index.js'
import { device, map } from '../../machine/svm/setup.js'
import { gpu_access, user_access } from '../../mm/svm/access.js'
import { madvise_dontneed } from '../../mm/svm/zap.js'

/** test_hmm, which ignores the invalidations of its own migrations. */

const mirror = thread(
  'mirror',
  does(dmirror_range_fault, { first: 0, last: 0, write: true }),
  does(gpu_access, { va: 0, write: true, value: 2 }),
)
const initial = [
  (s: State) => {
    device(s)
    map(s, 0, DEVICE)
  },
]

export const mirrorRacesDontneed = scenario('mirror-fault-races-dontneed', svm, {
  about: 'test_hmm maps its own memory into its mirror and writes to it while MADV_DONTNEED drops the page.',
  bind: test_hmm,
  initial,
  threads: [mirror, thread('cpu', does(madvise_dontneed, { va: 0 }))],
  exercises: ['device-entry-is-never-stale', 'device-reaches-pages-in-use', 'memory-kept'],
})

export const mirrorRacesCpuFault = scenario('mirror-fault-races-cpu-fault', svm, {
  about: 'test_hmm maps its own memory into its mirror and writes to it while a CPU takes the page back.',
  bind: test_hmm,
  initial,
  threads: [mirror, thread('cpu', does(user_access, { va: 0, write: false, value: 0 }))],
  exercises: ['device-entry-is-never-stale', 'device-reaches-pages-in-use', 'memory-kept'],
})
