import {
  assertion,
  type Hold,
  invariant,
  type LockClass,
  lockOrder,
  noLockAtExit,
  noSleepUnderSpinlock,
} from 'foliocheck'
import { FRAMES, MMS, VMAS } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Locks: who holds them, what they protect, and what must not happen under them. */

/** I-L8, VM_BUG_ON in folio_unlock and more. */
export const unlockByHolder = assertion('unlock-by-holder', 'a lock is released by the thread that took it, and held')

/** Section 4.2: any change of kind without the lock of the table. */
export const changedUnderLock = assertion(
  'entry-changed-under-its-lock',
  'an entry is changed by a thread that holds the lock of the table in which it lies',
)

/** I-N1. */
export const insideNotifier = assertion(
  'entry-weakened-inside-notifier',
  'an entry that lets a CPU or the device access memory is taken away or weakened only inside an open notifier range',
)

/** I-N3. */
export const noSleepInTable = assertion(
  'no-sleep-under-table-lock',
  'nobody sleeps, or takes a lock that may sleep, while he holds a page-table lock',
)

/** I-L8. */
export const noLockLeft = invariant(pageTable, 'no-lock-left', {
  claim: 'when nothing runs, no lock is held and no notifier range or mmu_gather is open',
  when: 'quiescent',
  clauses: {
    'no folio is locked': s => s.pages.every(page => !page.locked),
    'no page-table or VMA lock is held': s =>
      s.vmas.every(v => v.pmdLock < 0 && v.pteLock < 0 && v.vmaWriter < 0 && v.vmaReaders === 0),
    'no mmap_lock is held': s => s.mms.every(mm => mm.mmapWriter < 0 && mm.mmapReaders === 0),
    'no anon_vma lock is held': s => s.anonVma.writer < 0 && s.anonVma.readers === 0,
    'no notifier range is open': s => s.vmas.every(v => v.notifier === 0),
    'no mmu_gather is open': s => s.mms.every(mm => mm.gathers === 0),
  },
})

/** The lock bit of a folio is set exactly while some thread holds the lock. */
export const lockHasHolder = invariant(pageTable, 'folio-lock-has-holder', {
  claim: 'PG_locked of a folio in use is set exactly while a thread holds the lock',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some(page => page.locked),
  clauses: { 'locked <=> a thread holds it': (s, p) => s.pages[p].locked === s.pages[p].locker >= 0 },
})

/** mmap_lock and VMA locks keep readers and writers apart. */
export const writersExclude = invariant(pageTable, 'writers-exclude-readers', {
  claim: 'while mmap_lock, a VMA lock or the anon_vma lock is held for writing, nobody holds it for reading',
  over: { prefix: '', count: Math.max(VMAS, MMS) },
  premise: s => s.mms.some(mm => mm.mmapWriter >= 0),
  clauses: {
    mmap_lock: (s, i) => i >= MMS || s.mms[i].mmapWriter < 0 || s.mms[i].mmapReaders === 0,
    'VMA lock': (s, i) => i >= VMAS || s.vmas[i].vmaWriter < 0 || s.vmas[i].vmaReaders === 0,
    'anon_vma lock': s => s.anonVma.writer < 0 || s.anonVma.readers === 0,
  },
})

const by = (holder: number, thread: number): Hold => (holder === thread ? 'exclusive' : 'none')
const rw = (writer: number, readBy: number, thread: number): Hold =>
  writer === thread ? 'exclusive' : (readBy >> thread) & 1 ? 'shared' : 'none'
/** Two of the kind are taken by copies and moves, under locks that keep others from doing so: SINGLE_DEPTH_NESTING. */
const nests = () => true

const classes: readonly LockClass<State>[] = [
  {
    name: 'mmap_lock of mm',
    count: MMS,
    sleeps: true,
    queues: true,
    nests,
    holds: ({ mms }, mm, thread) =>
      mms[mm].mmapReaders > 0 || mms[mm].mmapWriter >= 0 ? rw(mms[mm].mmapWriter, mms[mm].readBy, thread) : 'none',
  },
  {
    name: 'VMA lock of va',
    count: VMAS,
    sleeps: true,
    nests,
    holds: ({ vmas }, va, thread) =>
      vmas[va].vmaReaders > 0 || vmas[va].vmaWriter >= 0 ? rw(vmas[va].vmaWriter, vmas[va].readBy, thread) : 'none',
  },
  {
    name: 'folio lock of p',
    count: FRAMES,
    sleeps: true,
    holds: ({ pages }, p, thread) => (pages[p].locked ? by(pages[p].locker, thread) : 'none'),
  },
  {
    name: 'anon_vma->root->rwsem',
    sleeps: true,
    queues: true,
    holds: ({ anonVma }, _, thread) =>
      anonVma.readers > 0 || anonVma.writer >= 0 ? rw(anonVma.writer, anonVma.readBy, thread) : 'none',
  },
  {
    name: 'PMD lock of va',
    count: VMAS,
    sleeps: false,
    nests,
    holds: (s, va, thread) => by(s.vmas[va].pmdLock, thread),
  },
  {
    name: 'PTE lock of va',
    count: VMAS,
    sleeps: false,
    nests,
    holds: (s, va, thread) => by(s.vmas[va].pteLock, thread),
  },
]

/** I-N3, what lockdep says, and what it would say of folio locks. */
export const classesInOrder = lockOrder(pageTable, 'lock-order', { classes })

/** I-L8. */
export const nothingHeldAtExit = noLockAtExit(pageTable, 'no-lock-at-exit', { classes })

/** I-N3. */
export const noSleepInside = noSleepUnderSpinlock(pageTable, 'no-sleep-under-spinlock', { classes })
