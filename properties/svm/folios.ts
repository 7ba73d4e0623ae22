import { assertion, invariant } from 'foliocheck'
import { FRAMES } from '../../models/machine/svm/sizes.js'
import { type State, svm } from '../../models/machine/svm/state.js'

/** Folios and locks, as drivers use them. */

/** I3, I-PG-4. */
export const memoryPresent = assertion(
  'device-memory-present',
  'the struct pages of a device, and what its driver keeps per chunk, are used only while they exist',
)

/** I4. */
export const refcountSane = assertion('refcount-is-sane', 'a reference is taken or dropped only where there is one')

/** I6. */
export const unlockByHolder = assertion('unlock-by-holder', 'a lock is released by the thread that took it, and held')

/** I6, what lockdep says. */
export const noRecursion = assertion('no-lock-recursion', 'no thread takes a mutex that it holds already')

/** I-DRV-5, C-b. */
export const mpfnDecoded = assertion(
  'dst-holds-migrate-pfns',
  'what dst[] holds is decoded as a migrate pfn only where migrate_pfn() has made it one',
)

function references(s: State, p: number): number {
  let count = s.pages[p].elsewhere
  for (const pte of s.ptes) if (pte.pfn === p && (pte.kind === 'present' || pte.kind === 'device')) count++
  return count
}

/** I12, I-L8. */
export const nothingLeft = invariant(svm, 'nothing-left-over', {
  claim: 'when nothing runs, folios are referenced by what maps them alone, and unlocked; no migration entry is left',
  when: 'quiescent',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some(page => page.used),
  clauses: {
    'ref = mappings': (s, p) => s.pages[p].ref === references(s, p),
    unlocked: (s, p) => !s.pages[p].locked,
    'no migration entry': (s, p) => s.ptes.every(pte => pte.kind !== 'migration' || pte.pfn !== p),
    'no mutex is held': s => s.notifierLock < 0 && s.svmsLock < 0 && s.migrateMutex < 0,
    'no notifier range is open': s => s.notifier.active === 0,
  },
})
