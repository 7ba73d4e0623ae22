import { assertion, invariant } from 'foliocheck'
import { orderByteOf } from '../models/machine/order-code.js'
import { isLiveHead, pagesOf } from '../models/machine/queries.js'
import { PAGES, type State, zoneDevice } from '../models/machine/state.js'

/** The words of struct page: what a head, a tail and a stand-alone page hold, and who reads them as what. */

const pages = { prefix: 'p', count: PAGES }

/** Word 1 is a pgmap in non-tail pages only. */
export const pgmapWord = assertion(
  'pgmap-word-holds-pgmap',
  'whoever follows folio->pgmap finds the pagemap there, not a compound-head pointer or NULL',
)

/** Word 2 is whatever its last writer made of it. */
export const dataWord = assertion('driver-data-is-valid', 'zone_device_data is used as what its driver stored there')

/** Word 7 is memcg_data in heads only. */
export const memcgWord = assertion(
  'memcg-word-holds-memcg',
  'whoever follows the memcg_data of a folio finds a memcg there or NULL, not the size of a dead folio',
)

/** I-LAY-4. */
export const pageFolioRight = assertion(
  'page-folio-finds-its-folio',
  'page_folio of a page in use, asked by someone with a right to it, is the folio that the page belongs to',
)

/** I-LAY-5. */
export const nrPagesRight = assertion(
  'folio-size-is-right',
  'folio_nr_pages of a folio in use, asked by someone with a right to it, is the size it was allocated with',
)

/** I-LAY-6. */
export const writesInside = assertion(
  'writes-stay-inside-folio',
  'nobody writes words of pages outside the folio or block that is his',
)

/** In use, made to its end, and not frozen for a split. */
function settled(s: State, p: number): boolean {
  const head = s.pages[p].folio
  return head >= 0 && !s.pages[head].building && s.pages[head].ref > 0
}

/** I-LAY-1. */
export const compoundLayout = invariant(zoneDevice, 'compound-layout', {
  claim: 'a large folio in use has its head bit, its order and size in page 1, and every tail points to its head',
  over: pages,
  premise: s => s.pages.some((_, p) => settled(s, p) && isLiveHead(s, p) && pagesOf(s, p) > 1),
  clauses: {
    'head: PG_head': (s, p) => !isLargeHead(s, p) || s.pages[p].head,
    'page 1: order': (s, p) => !isLargeHead(s, p) || s.pages[p + 1].orderByte === orderByteOf(pagesOf(s, p)),
    'page 1: _nr_pages': (s, p) =>
      !isLargeHead(s, p) || (s.pages[p + 1].w7.tag === 'nr' && s.pages[p + 1].w7.value === pagesOf(s, p)),
    'page 1: large_rmappable': (s, p) => !isLargeHead(s, p) || s.pages[p + 1].largeRmappable,
    'tail: compound head': (s, p) => {
      const { folio, w1 } = s.pages[p]
      return !settled(s, p) || folio === p || (w1.tag === 'head' && w1.value === folio)
    },
  },
})

function isLargeHead(s: State, p: number): boolean {
  return isLiveHead(s, p) && settled(s, p) && pagesOf(s, p) > 1
}

/** I-LAY-3. */
export const standaloneLayout = invariant(zoneDevice, 'standalone-layout', {
  claim: 'an order-0 folio in use has no remnants of a compound page',
  over: pages,
  premise: s => s.pages.some((_, p) => isStandalone(s, p)),
  clauses: {
    'no PG_head': (s, p) => !isStandalone(s, p) || !s.pages[p].head,
    'no compound head': (s, p) => !isStandalone(s, p) || s.pages[p].w1.tag !== 'head',
    'no _nr_pages': (s, p) => !isStandalone(s, p) || s.pages[p].w7.tag !== 'nr',
  },
})

function isStandalone(s: State, p: number): boolean {
  return isLiveHead(s, p) && settled(s, p) && pagesOf(s, p) === 1
}

/** I-LAY-7. */
export const mappedHasMapping = invariant(zoneDevice, 'mapped-folio-has-mapping', {
  claim: 'a mapped folio has its anon_vma in folio->mapping, or no reverse map walk finds its entries',
  over: pages,
  premise: s => s.pages.some(page => page.mapcount > 0),
  clauses: {
    'mapcount > 0 => mapping': (s, p) => s.pages[p].mapcount === 0 || s.pages[p].mapping === 'anon',
  },
})

/** Somebody pays for every mapped page. */
export const mappedIsCharged = invariant(zoneDevice, 'mapped-folio-is-charged', {
  claim: 'a mapped folio is charged to a memcg',
  over: pages,
  premise: s => s.pages.some(page => page.mapcount > 0),
  clauses: { 'mapcount > 0 => memcg_data': (s, p) => s.pages[p].mapcount === 0 || s.pages[p].w7.tag === 'memcg' },
})

/** I-LAY-2. */
export const referencedHasPgmap = invariant(zoneDevice, 'referenced-page-has-pgmap', {
  claim: 'a page that can be pinned is a tail or has its pgmap',
  over: pages,
  premise: s => s.pages.some(page => page.ref > 0),
  clauses: {
    'ref(page) > 0 => pgmap': (s, p) => s.pages[p].ref === 0 || s.pages[p].w1.tag === 'pgmap',
  },
})
