import { assertion, expect, invariant } from 'foliocheck'
import { eachEntry, insideTableLock } from '../../models/machine/page-table/ledger.js'
import { FRAMES, VMAS } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Migration entries: they own nothing, so somebody must answer for the folio. */

export const waiterFindsLocked = assertion(
  'waiter-finds-folio-locked',
  'who meets a migration entry under the table’s lock finds its folio in use and locked, so that he can queue for it',
)
/** K2. */
export function waitOnLocked(s: State, folio: number): void {
  expect(
    waiterFindsLocked,
    s.pages[folio].head >= 0 && s.pages[folio].locked,
    `p${folio} of a migration entry is not locked`,
  )
}

function migrationEntries(s: State, p: number): number {
  let count = 0
  eachEntry(s, e => {
    if (e.kind === 'migration' && e.pfn === p) count++
  })
  return count
}

/** I-M1. */
export const migrationEntryLocked = invariant(pageTable, 'migration-entry-means-locked', {
  claim: 'the folio of a migration entry is in use, and locked by a thread that owns a reference to it',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.vmas.some(vma => vma.pmd.kind === 'migration' || vma.ptes.some(pte => pte.kind === 'migration')),
  clauses: {
    'migration entry => locked': (s, p) => {
      const { head } = s.pages[p]
      return migrationEntries(s, p) === 0 || (head >= 0 && s.pages[head].locked)
    },
    'its locker owns a reference': (s, p) => {
      const { head } = s.pages[p]
      if (head < 0 || migrationEntries(s, p) === 0 || s.pages[head].frozen) return true
      const { locker } = s.pages[head]
      return locker < 0 || insideTableLock(s, locker) || s.accounts[locker].of[head].refs > 0
    },
  },
})

/** I-M3 at rest. */
export const noMigrationEntryLeft = invariant(pageTable, 'no-migration-entry-left', {
  claim: 'when nothing runs, there is no migration entry',
  when: 'quiescent',
  over: { prefix: 'va', count: VMAS },
  clauses: {
    'no migration entry': (s, va) => {
      let left = false
      eachEntry(s, (e, at) => {
        if (at === va && e.kind === 'migration') left = true
      })
      return !left
    },
  },
})
