import { assertion, invariant } from 'foliocheck'
import { isLiveHead } from '../models/machine/queries.js'
import { PAGES, zoneDevice } from '../models/machine/state.js'

/** The folio lock: a bit of a page word, and the one thread that may clear it. */

/** I-LCK-1, VM_BUG_ON in folio_unlock and more. */
export const unlockByOwner = assertion(
  'unlock-by-owner',
  'folio_unlock finds PG_locked set, and is called by the thread that set it',
)

/** I-LCK-1. */
export const lockHasOwner = invariant(zoneDevice, 'lock-has-owner', {
  claim: 'PG_locked of a folio in use is set exactly while a thread holds the lock',
  over: { prefix: 'p', count: PAGES },
  premise: s => s.pages.some((page, p) => isLiveHead(s, p) && page.locker >= 0),
  clauses: {
    'PG_locked => a thread holds the lock': (s, p) =>
      !isLiveHead(s, p) || s.pages[p].frozen || !s.pages[p].locked || s.pages[p].locker >= 0,
    'a thread holds the lock => PG_locked': (s, p) =>
      !isLiveHead(s, p) || s.pages[p].frozen || s.pages[p].locked || s.pages[p].locker < 0,
  },
})

/** I-LCK-2. */
export const entriesUnderLock = assertion(
  'entries-change-under-folio-lock',
  'migration entries are set and removed by the thread that holds the lock of the folio behind them',
)

/** I-MIG-1, VM_WARN_ON in softleaf_to_folio. */
export const migrationEntryLocked = assertion(
  'migration-entry-means-locked',
  'whoever holds the page-table lock over a migration entry finds the folio behind it locked',
)

/** I-LCK-5 at the end of every run. */
export const noLockLeft = invariant(zoneDevice, 'no-lock-left', {
  claim: 'when nothing runs, no folio lock is held',
  when: 'quiescent',
  over: { prefix: 'p', count: PAGES },
  clauses: { 'no lock is held': (s, p) => s.pages[p].locker < 0 },
})
