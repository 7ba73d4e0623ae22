import { assertion, invariant, reachable } from 'foliocheck'
import { isLiveHead, pagesOf } from '../models/machine/queries.js'
import { PAGES, zoneDevice } from '../models/machine/state.js'

/** References and map counts of folios: each is owned, and the counter says how many there are. */

const pages = { prefix: 'p', count: PAGES }

/** I-REF-2, VM_BUG_ON in folio_get. */
export const getOnlyReferenced = assertion(
  'get-only-referenced-folio',
  'folio_get is called only on a folio whose reference count is above 0',
)

/** I-REF-2, VM_BUG_ON in folio_put_testzero. */
export const putOnlyReferenced = assertion(
  'no-refcount-underflow',
  'folio_put always finds a reference that the caller owns',
)

/** I-REF-1. */
export const refcountEqualsOwners = invariant(zoneDevice, 'refcount-equals-owners', {
  claim: 'the reference count of a folio in use is the number of references that somebody owns',
  over: pages,
  premise: s => s.pages.some((_, p) => isLiveHead(s, p)),
  clauses: {
    'ref(folio) = references owned': (s, p) =>
      !isLiveHead(s, p) || s.pages[p].frozen || s.pages[p].ref === s.pages[p].owned,
  },
})

/** I-REF-3. */
export const refcountCoversMapcount = invariant(zoneDevice, 'refcount-covers-mapcount', {
  claim: 'every mapping of a folio owns a reference to it',
  over: pages,
  premise: s => s.pages.some(page => page.mapcount > 0),
  clauses: { 'ref(page) >= mapcount(page)': (s, p) => s.pages[p].ref >= s.pages[p].mapcount },
})

/** I-REF-4. */
export const tailsUnreferenced = invariant(zoneDevice, 'tails-unreferenced', {
  claim: 'the reference count of a tail page is 0',
  over: pages,
  premise: s => s.pages.some((_, p) => isLiveHead(s, p) && pagesOf(s, p) > 1),
  clauses: {
    'ref(tail) = 0': (s, p) => s.pages[p].folio < 0 || s.pages[p].folio === p || s.pages[p].ref === 0,
  },
})

/** What makes speculative references worth modelling: without it, walkers only look. */
export const pinOutlivesMapping = reachable(zoneDevice, 'pin-outlives-mapping', {
  claim: 'a folio whose last mapping is gone can still be pinned by somebody who has not locked it',
  holds: s => s.pages.some(page => page.mapping === 'anon' && page.mapcount === 0 && page.ref === 2 && !page.locked),
})
