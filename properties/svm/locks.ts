import { type Hold, type LockClass, lockOrder, noLockAtExit, noSleepUnderSpinlock } from 'foliocheck'
import { FRAMES } from '../../models/machine/svm/sizes.js'
import { type State, svm } from '../../models/machine/svm/state.js'

/** The locks of this machine, as lockdep would tell them apart, and what is asked of all of them. */

const by = (holder: number, thread: number): Hold => (holder === thread ? 'exclusive' : 'none')

const classes: readonly LockClass<State>[] = [
  { name: '&svms->lock', sleeps: true, holds: (s, _, thread) => by(s.svmsLock, thread) },
  { name: '&prange->migrate_mutex', sleeps: true, holds: (s, _, thread) => by(s.migrateMutex, thread) },
  {
    name: 'the lock of the device’s page table',
    sleeps: true,
    holds: (s, _, thread) => by(s.notifierLock, thread),
  },
  {
    name: 'folio lock of p',
    count: FRAMES,
    sleeps: true,
    holds: (s, p, thread) => (s.pages[p].locked ? by(s.pages[p].locker, thread) : 'none'),
  },
  {
    name: 'mmu_notifier range',
    sleeps: true,
    // Who waits for its end looks at the sequence.
    holds: (s, _, thread) => (s.notifier.seq % 2 === 1 && s.cpus[thread].ranges > 0 ? 'shared' : 'none'),
  },
  { name: 'page-table lock', sleeps: false, holds: (s, _, thread) => (s.cpus[thread].table ? 'exclusive' : 'none') },
]

/** I-N3, what lockdep says. */
export const lockClassesInOrder = lockOrder(svm, 'lock-order', { classes })

/** I6. */
export const nothingHeldAtExit = noLockAtExit(svm, 'no-lock-at-exit', { classes })

/** I-LCK-4: folio_free runs under the page-table lock. */
export const noSleepInside = noSleepUnderSpinlock(svm, 'no-sleep-under-spinlock', { classes })
