import { invariant } from 'foliocheck'
import type { EntryState } from '../../models/machine/page-table/entry.js'
import { eachEntry } from '../../models/machine/page-table/ledger.js'
import { VMAS } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Which entries may stand where. */

/** Whether `holds` is true of every entry of the VMA; `index` is -1 for the PMD. */
export function everyEntry(s: State, va: number, holds: (e: EntryState, index: number) => boolean): boolean {
  let all = true
  eachEntry(s, (e, at, index) => {
    if (at === va && !holds(e, index)) all = false
  })
  return all
}

export const vmas = { prefix: 'va', count: VMAS }

export function anyEntry(s: State): boolean {
  return s.vmas.some(vma => vma.pmd.kind !== 'none')
}

/** I-S1, I-S2 and I-S4. */
export const entriesFitFolios = invariant(pageTable, 'entry-fits-folio', {
  claim: 'a PMD names the head of a PMD-sized folio, a PTE the page of its folio that its address and the index say',
  over: vmas,
  premise: anyEntry,
  clauses: {
    'PMD => head of a PMD-sized folio': (s, va) =>
      everyEntry(s, va, (e, index) => index >= 0 || (s.pages[e.pfn].head === e.pfn && s.pages[e.pfn].large)),
    'PTE => page at that index': (s, va) =>
      everyEntry(s, va, (e, index) => {
        const { head } = s.pages[e.pfn]
        return index < 0 || (head >= 0 && s.pages[head].index + e.pfn - head === index)
      }),
    'PMD is no device-exclusive entry': (s, va) =>
      everyEntry(s, va, (e, index) => index >= 0 || e.kind !== 'exclusive'),
  },
})

/** What is left of a page table when its PMD is none. */
export const noOrphanTable = invariant(pageTable, 'no-entry-without-table', {
  claim: 'while a PMD is none and its lock is free, no PTE is set below it: the page table has not been lost',
  over: vmas,
  clauses: {
    'PMD none => PTEs none': (s, va) => {
      const { pmd, pmdLock, ptes } = s.vmas[va]
      return pmd.kind !== 'none' || pmdLock >= 0 || ptes.every(pte => pte.kind === 'none')
    },
  },
})
