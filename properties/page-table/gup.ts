import { invariant } from 'foliocheck'
import { eachEntry } from '../../models/machine/page-table/ledger.js'
import { FRAMES, N } from '../../models/machine/page-table/sizes.js'
import { pageTable, type State } from '../../models/machine/page-table/state.js'

/** Pins of GUP. */

/** Whether every entry that stands for page `p` is a mapping whose page is exclusive. */
function exclusivelyMapped(s: State, p: number): boolean {
  let all = true
  eachEntry(s, (e, _va, index) => {
    const names = index < 0 ? p >= e.pfn && p < e.pfn + N : p === e.pfn
    if (names && e.kind !== 'migration' && !s.pages[e.pfn].ae) all = false
  })
  return all
}

function migrates(s: State, p: number): boolean {
  let found = false
  eachEntry(s, (e, _va, index) => {
    if (e.kind === 'migration' && (index < 0 ? p >= e.pfn && p < e.pfn + N : p === e.pfn)) found = true
  })
  return found
}

/** I-W6. */
export const pinnedStaysExclusive = invariant(pageTable, 'pinned-page-stays-exclusive', {
  claim: 'a page that GUP has pinned is exclusive where it is mapped, and does not migrate, until it is unpinned',
  over: { prefix: 'p', count: FRAMES },
  premise: s => s.pages.some(page => page.pinned > 0),
  clauses: {
    'pinned => PG_anon_exclusive': (s, p) => s.pages[p].pinned === 0 || exclusivelyMapped(s, p),
    'pinned => no migration entry': (s, p) => s.pages[p].pinned === 0 || !migrates(s, p),
    'pinned => in use': (s, p) => s.pages[p].pinned === 0 || s.pages[p].head >= 0,
  },
})
