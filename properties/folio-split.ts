import { assertion, invariant } from 'foliocheck'
import { nrPages, PAGES, type State, split } from '../models/machine/folio-split/state.js'

/** Splits of folios in the page cache. */

/** VM_BUG_ON_FOLIO(!folio_contains(folio, index), folio) of every lookup. */
export const lookupContains = assertion(
  'lookup-contains-index',
  'a page-cache lookup that got a reference returns the folio with the page at that index',
)

/** VM_BUG_ON_PGFLAGS of folio_flags(folio, 1). */
export const flagOfHead = assertion(
  'folio-flag-of-a-head',
  'a flag that lies in the second page of a folio is touched only where that folio has its head',
)

const pages = { prefix: 'p', count: PAGES }

function isHead(s: State, p: number): boolean {
  return s.pages[p].head === p
}

export const cacheMatches = invariant(split, 'cache-names-the-folio', {
  claim: 'when nothing runs, the page cache has at every index the folio of that page',
  when: 'quiescent',
  over: { prefix: 'i', count: PAGES },
  clauses: { 'slot = folio of the page': (s, i) => s.slots[i].folio === s.pages[i].head },
})

export const referencesAdd = invariant(split, 'references-add-up', {
  claim: 'a folio that is not frozen has a reference for each page in the cache, and those of threads',
  over: pages,
  clauses: {
    'ref = pages + threads': (s, p) =>
      !isHead(s, p) || s.pages[p].ref === 0 || s.pages[p].ref === nrPages(s, p) + s.held[p].refs,
  },
})

export const poisonMarked = invariant(split, 'broken-page-is-marked', {
  claim: 'when nothing runs, a large folio is marked exactly if one of its pages is broken',
  when: 'quiescent',
  over: pages,
  premise: s => s.pages.some(page => page.hwpoison),
  clauses: {
    'has_hwpoisoned <=> some page is broken': (s, p) => {
      if (!isHead(s, p) || s.pages[p].order === 0) return true
      const broken = s.pages.some(page => page.head === p && page.hwpoison)
      return s.pages[p + 1].hasHwpoisoned === broken
    },
  },
})
