import {
  assertion,
  type Hold,
  invariant,
  type LockClass,
  lockOrder,
  noLockAtExit,
  noSleepUnderSpinlock,
} from 'foliocheck'
import { isLiveHead } from '../models/machine/queries.js'
import { PAGES, SLOTS, type State, zoneDevice } from '../models/machine/state.js'

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

const by = (holder: number, thread: number): Hold => (holder === thread ? 'exclusive' : 'none')

const classes: readonly LockClass<State>[] = [
  {
    name: 'folio lock of p',
    count: PAGES,
    sleeps: true,
    // Whoever makes folios locks one after the other, and nobody can have locked them before.
    nests: () => true,
    holds: (s, p, thread) => (s.pages[p].locked ? by(s.pages[p].locker, thread) : 'none'),
  },
  { name: 'page-table lock of va', count: SLOTS, sleeps: false, holds: (s, va, thread) => by(s.slots[va].ptl, thread) },
  { name: '&dpagemap->folio_split_lock', sleeps: true, holds: (s, _, thread) => by(s.folio_split_lock, thread) },
]

/** I-LCK-4, what lockdep says. */
export const classesInOrder = lockOrder(zoneDevice, 'lock-order', { classes })

/** I-LCK-5. */
export const nothingHeldAtExit = noLockAtExit(zoneDevice, 'no-lock-at-exit', { classes })

/** I-LCK-4. */
export const noSleepInside = noSleepUnderSpinlock(zoneDevice, 'no-sleep-under-spinlock', { classes })
