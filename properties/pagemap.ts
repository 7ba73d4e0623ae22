import { assertion, invariant } from 'foliocheck'
import { isLiveHead } from '../models/machine/queries.js'
import { PAGES, type State, zoneDevice } from '../models/machine/state.js'

/** The pagemap's reference: every page of every folio in use holds one, and teardown waits for them. */

/** How many pages mm uses. */
function pagesInUse(s: State): number {
  let count = 0
  for (const page of s.pages) if (page.folio >= 0) count++
  return count
}

/** References that must be there: the initial one until it is dropped, and one per page in use, or per page at all. */
function needed(s: State): number {
  return (s.pgmap.atomic ? 0 : 1) + (s.pgmap.perPage ? PAGES : pagesInUse(s))
}

/** I-PG-1, in every state: a freeing thread drops its share after the folio is gone, so the counter may run ahead. */
export const pgmapRefCovers = invariant(zoneDevice, 'pgmap-ref-covers-folios', {
  claim: 'the pagemap holds at least one reference for every page of every folio in use',
  premise: s => pagesInUse(s) > 0,
  clauses: { 'cnt(pgmap) >= live + pages in use': s => !s.pgmap.present || s.pgmap.cnt >= needed(s) },
})

/** I-PG-1, exact when nobody is in the middle of a free. */
export const pgmapRefBalance = invariant(zoneDevice, 'pgmap-ref-balance', {
  claim: 'when nothing runs, the pagemap’s references are the initial one until kill and one per page in use',
  when: 'quiescent',
  clauses: { 'cnt(pgmap) = live + pages in use': s => s.pgmap.cnt === needed(s) },
})

/** Underflow of the percpu_ref. */
export const pgmapRefUnderflow = assertion(
  'no-pgmap-ref-underflow',
  'a put of the pagemap’s reference drops no more than was taken',
)

/** I-PG-2. */
export const noUseAfterTeardown = invariant(zoneDevice, 'no-use-after-teardown', {
  claim: 'once memunmap_pages has stopped waiting, no folio of the pagemap is in use or mapped',
  premise: s => s.pgmap.done,
  clauses: {
    'done => no folio in use': s => !s.pgmap.done || !s.pages.some((_, p) => isLiveHead(s, p)),
    'done => no entry maps a page': s => !s.pgmap.done || s.slots.every(slot => slot.page < 0),
  },
})

/** I-PG-3. */
export const noInitAfterKill = assertion('no-alloc-after-kill', 'no folio is initialised after the pagemap was killed')

/** I-PG-3, the weaker rule: a driver that breaks it is at least told. */
export const initAfterKillNoticed = assertion(
  'alloc-after-kill-is-noticed',
  'an initialisation after the pagemap was killed is noticed by zone_device_page_init',
)

/** I-PG-4. */
export const structPagesPresent = assertion(
  'struct-pages-present',
  'nobody touches a struct page before memremap_pages made it or after memunmap_pages removed it',
)

/** I-PG-4. */
export const refStoragePresent = assertion(
  'pgmap-ref-storage-present',
  'nobody touches the pagemap’s percpu_ref after percpu_ref_exit',
)

/** percpu_ref_kill warns. */
export const killOnce = assertion('pgmap-killed-once', 'memunmap_pages is called once per memremap_pages')

/** What memunmap_pages is for. */
export const teardownComplete = invariant(zoneDevice, 'teardown-complete', {
  claim: 'when nothing runs, a pagemap that was killed is gone: struct pages, array entry and reference storage',
  when: 'quiescent',
  premise: s => s.pgmap.dead,
  clauses: {
    'struct pages removed': s => !s.pgmap.dead || !s.pgmap.present,
    'array entry erased': s => !s.pgmap.dead || !s.pgmap.registered,
    'reference storage freed': s => !s.pgmap.dead || s.pgmap.exited,
    'no reader left': s => s.pgmap.readers === 0,
  },
})
