import { invariant } from 'foliocheck'
import type { EntryState } from '../../models/machine/page-table/entry.js'
import { anyTableLock, eachEntry } from '../../models/machine/page-table/ledger.js'
import { FRAMES, N } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'
import { anyEntry, everyEntry, vmas } from './structure.js'

/** Who may write what. */

/** Whether the entry lets its address space write, now or once its folio is back. */
function allowsWrite(e: EntryState): boolean {
  return e.kind === 'present' ? e.rw : (e.kind === 'device' || e.kind === 'migration') && e.mode === 'write'
}

function tableLocked(s: State, va: number): boolean {
  return s.vmas[va].pmdLock >= 0 || s.vmas[va].pteLock >= 0
}

/** I-W1. */
export const writeMeansExclusive = invariant(pageTable, 'writable-means-exclusive', {
  claim: 'an entry that allows writing names a page that is exclusive to its address space',
  over: vmas,
  premise: s => s.vmas.some((_, va) => !everyEntry(s, va, e => !allowsWrite(e))),
  clauses: {
    'write => PG_anon_exclusive': (s, va) =>
      tableLocked(s, va) || everyEntry(s, va, e => e.kind === 'migration' || !allowsWrite(e) || s.pages[e.pfn].ae),
  },
})

/** I-W2. */
export const writeAsVmaSays = invariant(pageTable, 'writable-only-where-vma-allows', {
  claim: 'outside mprotect no entry allows writing where the VMA does not, migration entries included',
  over: vmas,
  premise: s => s.vmas.some(vma => vma.present && !vma.write) && anyEntry(s),
  clauses: {
    'write => VM_WRITE': (s, va) => {
      const { present, write, vmaWriter } = s.vmas[va]
      return !present || write || vmaWriter >= 0 || everyEntry(s, va, e => !allowsWrite(e))
    },
  },
})

/** Entries of every address space that stand for page `p`: of it, or of the PMD-sized folio that it is part of. */
function entriesOf(s: State, p: number, holds: (e: EntryState) => boolean): number {
  let count = 0
  eachEntry(s, (e, _va, index) => {
    if (holds(e) && (index < 0 ? p >= e.pfn && p < e.pfn + N : p === e.pfn)) count++
  })
  return count
}

function maps(e: EntryState): boolean {
  return e.kind !== 'migration'
}

function exclusiveMigration(e: EntryState): boolean {
  return e.kind === 'migration' && e.mode !== 'read'
}

/** I-W3. */
export const exclusiveMeansOne = invariant(pageTable, 'exclusive-means-mapped-once', {
  claim:
    'an exclusive page is mapped at most once, over all address spaces, and by no exclusive migration entry besides',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some(page => page.ae && page.lmap > 0),
  clauses: {
    'PG_anon_exclusive => one mapping': (s, p) => !s.pages[p].ae || anyTableLock(s) || entriesOf(s, p, maps) <= 1,
    'PG_anon_exclusive => no exclusive migration entry': (s, p) =>
      !s.pages[p].ae || anyTableLock(s) || entriesOf(s, p, maps) === 0 || entriesOf(s, p, exclusiveMigration) === 0,
  },
})

/** I-W4. */
export const exclusiveMigrationAlone = invariant(pageTable, 'exclusive-migration-entry-is-alone', {
  claim:
    'a migration entry that is writable or exclusive is the only entry for its page, and the page is not exclusive',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some((_, p) => entriesOf(s, p, exclusiveMigration) > 0),
  clauses: {
    'exclusive migration entry => no other entry': (s, p) =>
      anyTableLock(s) || entriesOf(s, p, exclusiveMigration) === 0 || entriesOf(s, p, () => true) === 1,
    'exclusive migration entry => PG_anon_exclusive is clear': (s, p) =>
      anyTableLock(s) || !s.pages[p].ae || entriesOf(s, p, e => exclusiveMigration(e) && e.pfn === p) === 0,
  },
})

/** I-W5. */
export const protectedMeansReadOnly = invariant(pageTable, 'uffd-protected-means-read-only', {
  claim: 'a present entry with the userfaultfd marker does not allow writing',
  over: vmas,
  premise: s => s.vmas.some(vma => vma.uffd),
  clauses: {
    'uffd => read-only': (s, va) => everyEntry(s, va, e => e.kind !== 'present' || !e.uffd || !e.rw),
  },
})
