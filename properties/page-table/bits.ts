import { invariant } from 'foliocheck'
import { type EntryState, is_softleaf } from '../../models/machine/page-table/entry.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'
import { everyEntry, vmas } from './structure.js'

/**
 * Bits that userspace relies on. Losses that are accepted are marked in the operations that have them: soft-dirty of a
 * device-private entry when it loses its write permission by mprotect, and of a device-private PTE at fork.
 */

function softDirty(e: EntryState): boolean {
  return is_softleaf(e) ? e.rw : e.softDirty
}

function protectedBy(e: EntryState): boolean {
  return is_softleaf(e) ? e.user : e.uffd
}

function locked(s: State, va: number): boolean {
  return s.vmas[va].pmdLock >= 0 || s.vmas[va].pteLock >= 0
}

/** I-B1. */
export const softDirtyKept = invariant(pageTable, 'soft-dirty-is-kept', {
  claim: 'what was soft-dirty, or was moved by mremap, is soft-dirty until its address is zapped',
  over: vmas,
  premise: s => s.vmas.some(vma => vma.present && vma.softDirty),
  clauses: {
    'soft-dirty': (s, va) =>
      locked(s, va) || !s.vmas[va].present || !s.vmas[va].softDirty || everyEntry(s, va, softDirty),
  },
})

/** I-B2. */
export const protectionKept = invariant(pageTable, 'uffd-protection-is-kept', {
  claim: 'what userspace has write-protected through userfaultfd keeps the marker until it is resolved or zapped',
  over: vmas,
  premise: s => s.vmas.some(vma => vma.present && vma.protect),
  clauses: {
    'uffd marker': (s, va) =>
      locked(s, va) || !s.vmas[va].present || !s.vmas[va].protect || everyEntry(s, va, protectedBy),
  },
})

/** I-B2, the other way round. */
export const protectionAsked = invariant(pageTable, 'uffd-marker-only-where-armed', {
  claim: 'an entry has the userfaultfd marker only where the VMA is registered for write protection',
  over: vmas,
  premise: s => s.vmas.some(vma => vma.present && vma.pmd.kind !== 'none'),
  clauses: {
    'marker => VM_UFFD_WP': (s, va) => locked(s, va) || s.vmas[va].uffd || everyEntry(s, va, e => !protectedBy(e)),
  },
})
