import { assertion, invariant } from 'foliocheck'
import { PAGES } from '../../models/machine/svm/sizes.js'
import { svm } from '../../models/machine/svm/state.js'

/** Between the CPU's page table and the device's. */

/** I-N1. */
export const insideNotifier = assertion(
  'entry-weakened-inside-notifier',
  'an entry that lets the CPU or the device access memory is taken away or weakened only inside an open notifier range',
)

/**
 * I-N2. An entry changes after the callback and before the end of the range: so at every instant, not only at the end.
 * A driver may leave its entry to the very migration that it does itself.
 */
export const deviceEntryFresh = invariant(svm, 'device-entry-is-never-stale', {
  claim: 'an entry of the device’s page table maps what the CPU’s does, or its migration entry did, and allows no more',
  over: { prefix: 'va', count: PAGES },
  premise: s => s.gpu.some(pte => pte.valid),
  clauses: {
    'same page': (s, va) => {
      const { kind, pfn } = s.ptes[va]
      return !s.gpu[va].valid || (kind !== 'none' && pfn === s.gpu[va].pfn)
    },
    'no more rights': (s, va) => !s.gpu[va].valid || !s.gpu[va].write || s.ptes[va].write,
  },
})

/** I9, for the device. */
export const deviceReachesUsed = assertion(
  'device-reaches-pages-in-use',
  'the device reaches only pages that are in use',
)

/** I10, I-W7. */
export const readSeesLastWrite = assertion(
  'read-sees-last-write',
  'a load of the CPU or of the device returns what was stored last at that address',
)

/** I10, I-W7 at rest. */
export const memoryKept = invariant(svm, 'memory-kept', {
  claim: 'when nothing runs, every address maps what was stored last at it, or nothing if that was zeroes',
  when: 'quiescent',
  over: { prefix: 'va', count: PAGES },
  premise: s => s.ptes.some(pte => pte.kind === 'present' || pte.kind === 'device'),
  clauses: {
    'mapped page = last write': (s, va) => {
      const { kind, pfn, want } = s.ptes[va]
      if (kind === 'present' || kind === 'device') return s.pages[pfn].data === want
      return kind === 'migration' || want === 0
    },
  },
})
