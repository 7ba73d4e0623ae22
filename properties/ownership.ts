import { assertion, invariant } from 'foliocheck'
import { isMapped } from '../models/machine/queries.js'
import { PAGES, PMD_ORDER, type State, zoneDevice } from '../models/machine/state.js'

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

/** I-LAY-7 and more: nothing of the old owner is left where the next one would trust it. */
export const handedOverClean = assertion(
  'handed-over-clean',
  'a folio that goes back to its driver has no mapping, no PG_anon_exclusive and no memcg charge left',
)

/** I-FREE-1. */
export const freePagesUnused = invariant(zoneDevice, 'free-pages-unused', {
  claim: 'a page in the driver’s allocator has no reference, no mapping and no owner',
  over: { prefix: 'p', count: PAGES },
  premise: s => s.pages.some(page => page.owner === 'pool'),
  clauses: {
    'free page: ref = 0': (s, p) => s.pages[p].owner !== 'pool' || s.pages[p].ref === 0,
    'free page: no entry names it': (s, p) => s.pages[p].owner !== 'pool' || s.slots.every(slot => slot.page !== p),
    'free page: not locked by anyone': (s, p) => s.pages[p].owner !== 'pool' || s.pages[p].locker < 0,
  },
})

/** What a migration to a page of somebody else would break; nothing here shares a page between places. */
export const mappedOnce = invariant(zoneDevice, 'page-mapped-once', {
  claim: 'two places that were migrated to the device one after the other do not map the same page',
  over: { prefix: 'p', count: PAGES },
  premise: s => s.slots.filter(slot => slot.page >= 0).length > 1,
  clauses: { 'one entry per page': (s, p) => s.slots.filter(slot => slot.page === p).length <= 1 },
})

/** That something happens at all. */
export const workDone = invariant(zoneDevice, 'work-is-done', {
  claim:
    'when nothing runs, as many places map device memory as the scenario says, and the pagemap is gone if it says so',
  when: 'quiescent',
  premise: s => s.outcome >= 0 || s.unbinds,
  clauses: {
    'pagemap unmapped': s => !s.unbinds || s.pgmap.exited,
    'places mapped': s => s.outcome < 0 || s.slots.filter(slot => slot.page >= 0).length === s.outcome,
  },
})

/** I-FREE-2. */
export const onOneList = invariant(zoneDevice, 'free-page-on-one-list', {
  claim: 'a list driver has each of its free pages on exactly one list, once, and no other page',
  over: { prefix: 'p', count: PAGES },
  premise: s => s.lists.of !== 'nobody',
  clauses: {
    'free page: on one list, once': (s, p) =>
      s.lists.of === 'nobody' || s.pages[p].owner !== 'pool' || timesListed(s, p) === 1,
    'page in use: on no list': (s, p) =>
      s.lists.of === 'nobody' || s.pages[p].owner === 'pool' || timesListed(s, p) === 0,
  },
})

/** How often the driver's lists name the page, alone or as part of a PMD-sized block. */
function timesListed(s: State, page: number): number {
  let times = 0
  let at = s.lists.free_pages
  for (let n = 0; at >= 0 && n <= PAGES; n++) {
    if (at === page) times++
    at = s.pages[at].w2.value
  }
  at = s.lists.free_folios
  for (let n = 0; at >= 0 && n <= PAGES; n++) {
    if (page >= at && page < at + (1 << PMD_ORDER)) times++
    at = s.pages[at].w2.value
  }
  return times
}

/** I-LCK-5 and what is left of a folio when all is over. */
export const nothingLost = invariant(zoneDevice, 'nothing-lost', {
  claim: 'when nothing runs, every page is free, mapped as part of a folio, or in a buffer object',
  when: 'quiescent',
  over: { prefix: 'p', count: PAGES },
  clauses: {
    'a folio in use is mapped': (s, p) => s.pages[p].owner !== 'mm' || isMapped(s, s.pages[p].folio),
    'its references are its mappings’': (s, p) => s.pages[p].folio !== p || s.pages[p].ref === s.pages[p].mapcount,
    'a page of the driver is in a buffer object': (s, p) =>
      s.pages[p].owner !== 'driver' || s.lists.remove || s.bos.some(bo => p >= bo.block && p < bo.block + bo.pages),
    'no migration entry': s => s.slots.every(slot => !slot.migration),
    'no folio waits in src_pfns': s => s.src.every(slot => slot.page < 0),
  },
})
