import { assertion, invariant } from 'foliocheck'
import { PAGES, zoneDevice } from '../models/machine/state.js'

/** Who may use a page: the driver's allocator, the driver that took it from there, or mm while a folio lives in it. */

/** I-OWN-3. */
export const noAccessAfterHandover = assertion(
  'no-access-after-handover',
  'once ->folio_free() has made the pages available again, the freeing thread touches none of them',
)

/** I-OWN-4. */
export const initOwnsBlock = assertion(
  'init-owns-its-block',
  'zone_device_page_init gets an aligned block of unreferenced pages that its caller took from the allocator',
)

/** I-FREE-3. */
export const freeOnlyUnused = assertion(
  'free-only-unused-folio',
  'free_zone_device_folio gets a folio in use that nobody references, maps or has locked, once per life',
)

/** I-FREE-1 and I-FREE-2. */
export const freePagesUnused = invariant(zoneDevice, 'free-pages-unused', {
  claim: 'a page in the driver’s allocator has no reference, no mapping and no owner',
  over: { prefix: 'p', count: PAGES },
  premise: s => s.pages.some(page => page.owner === 'pool'),
  clauses: {
    'free page: ref = 0': (s, p) => s.pages[p].owner !== 'pool' || s.pages[p].ref === 0,
    'free page: not mapped': (s, p) => s.pages[p].owner !== 'pool' || s.slots.every(slot => slot.page !== p),
    'free page: not locked by anyone': (s, p) => s.pages[p].owner !== 'pool' || s.pages[p].locker < 0,
  },
})
