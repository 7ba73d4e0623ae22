import { assertion, invariant } from 'foliocheck'
import { eachEntry } from '../../models/machine/page-table/ledger.js'
import { FRAMES } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Splitting PMDs and folios. */

/** What try_to_migrate is for, seen by its caller. */
export const splitObstructed = assertion(
  'split-fails-only-for-a-reason',
  'a folio that could not be frozen for its split is pinned, or was a moment ago, or somebody else owns a reference to ' +
    'it or was about to map it for the first time',
)

/** Section 4.1, split rows. */
export const splitKeeps = assertion(
  'pmd-split-keeps-the-entry',
  'the PTEs that replace a PMD name its pages, are of its kind or migration entries, and allow what it allowed',
)

function entriesOf(s: State, folio: number, kinds: readonly string[], huge: boolean): number {
  let count = 0
  eachEntry(s, (e, _va, index) => {
    if (e.pfn >= 0 && s.pages[e.pfn].head === folio && kinds.includes(e.kind) && index < 0 === huge) count++
  })
  return count
}

const mapping = ['present', 'invalid', 'device', 'exclusive']

/** I-P1. */
export const frozenUnmapped = invariant(pageTable, 'frozen-folio-is-unmapped', {
  claim: 'a folio that is frozen for a split is mapped by nothing, and named by migration PTEs alone',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some(page => page.frozen),
  clauses: {
    'no mapping entry': (s, p) =>
      !isFrozen(s, p) || entriesOf(s, p, mapping, true) + entriesOf(s, p, mapping, false) === 0,
    'no migration PMD': (s, p) => !isFrozen(s, p) || entriesOf(s, p, ['migration'], true) === 0,
  },
})

function isFrozen(s: State, p: number): boolean {
  return s.pages[p].head === p && s.pages[p].frozen
}
