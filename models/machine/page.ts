import { demand, expect, NONE } from 'foliocheck'
import { noWarning } from '../../properties/kernel-warnings.js'
import { dataWord, memcgWord, nrPagesRight, pageFolioRight, pgmapWord } from '../../properties/layout.js'
import { noAccessAfterHandover } from '../../properties/ownership.js'
import { structPagesPresent } from '../../properties/pagemap.js'

import { orderOfCode } from './order-code.js'
import { pagesOf } from './queries.js'
import { PAGES, type PageState, type State } from './state.js'

/** The readers and writers of struct page, under the kernel's names. Each call is part of one step. */

/** The struct page of frame `p`; touching it when it does not exist is an oops. */
export function pageAt(s: State, p: number): PageState {
  demand(structPagesPresent, s.pgmap.present && p >= 0 && p < PAGES, `page p${p}`)
  return s.pages[p]
}

/** The page as the thread that frees its folio sees it: learnt in life `life`, not to be touched in a later one. */
export function pageOfLife(s: State, p: number, life: number): PageState {
  const page = pageAt(s, p)
  expect(noAccessAfterHandover, page.life === life, `p${p} was learnt in life ${life}, it is in life ${page.life}`)
  return page
}

/** page_folio: the head that word 1 names, or the page itself. */
export function page_folio(s: State, p: number): number {
  const { w1 } = pageAt(s, p)
  return w1.tag === 'head' ? w1.value : p
}

/** page_folio, asked by someone with a right to the folio of `p`: a reference, its lock, or an entry that maps it. */
export function page_folio_held(s: State, p: number): number {
  const found = page_folio(s, p)
  const { folio } = s.pages[p]
  expect(pageFolioRight, found === folio, `page_folio(p${p}) is p${found}, p${p} belongs to p${folio}`)
  return found
}

/** folio->pgmap: 0, or NONE when the word is NULL; anything else in the word is a wild pointer. */
export function folio_pgmap(s: State, folio: number): number {
  const { w1 } = pageAt(s, folio)
  if (w1.tag === 'null') return NONE
  demand(pgmapWord, w1.tag === 'pgmap', `word 1 of p${folio} holds ${w1.tag}(p${w1.value})`)
  return 0
}

/** page->pgmap = pgmap. */
export function set_pgmap(s: State, p: number, pgmap: number): void {
  const { w1 } = pageAt(s, p)
  w1.tag = pgmap === NONE ? 'null' : 'pgmap'
  w1.value = NONE
}

/** Word 1 of a tail: the tagged pointer to its head. */
export function set_compound_head(s: State, p: number, head: number): void {
  const { w1 } = pageAt(s, p)
  w1.tag = 'head'
  w1.value = head
}

/** clear_compound_head: word 1 becomes NULL, and with it the pgmap that it would be read as. */
export function clear_compound_head(s: State, p: number): void {
  const { w1 } = pageAt(s, p)
  w1.tag = 'null'
  w1.value = NONE
}

/**
 * folio_nr_pages, with no claim about what it means to the caller. A memcg pointer read as a size is larger than any
 * folio.
 */
export function folio_nr_pages(s: State, folio: number): number {
  if (!pageAt(s, folio).head) return 1
  if (folio + 1 >= PAGES) return 0
  const { w7 } = s.pages[folio + 1]
  return w7.tag === 'memcg' ? PAGES : w7.value
}

/** `_nr_pages` of the folio whose page 1 is `p`. */
export function set_nr_pages(s: State, p: number, nr: number): void {
  const { w7 } = pageAt(s, p)
  w7.tag = nr === 0 ? 'null' : 'nr'
  w7.value = nr
}

/** memcg_data of a folio: NULL or a memcg; a stale size in the word is a wild pointer. */
export function folio_memcg(s: State, folio: number): boolean {
  const { w7 } = pageAt(s, folio)
  demand(memcgWord, w7.tag !== 'nr', `memcg_data of p${folio} holds _nr_pages ${w7.value}`)
  return w7.tag === 'memcg'
}

export function set_memcg(s: State, folio: number, charged: boolean): void {
  const { w7 } = pageAt(s, folio)
  w7.tag = charged ? 'memcg' : 'null'
  w7.value = 0
}

/** folio_nr_pages, asked by someone with a right to the folio. */
export function folio_nr_pages_held(s: State, folio: number): number {
  const nr = folio_nr_pages(s, folio)
  const size = pagesOf(s, folio)
  expect(nrPagesRight, nr === size, `folio_nr_pages(p${folio}) is ${nr}, the folio has ${size}`)
  return nr
}

/** folio_order, asked by someone with a right to the folio; a byte that is no order is taken as a wrong size. */
export function folio_order_held(s: State, folio: number): number {
  if (!pageAt(s, folio).head || folio + 1 >= PAGES) return 0
  const byte = s.pages[folio + 1].orderByte
  const order = orderOfCode(byte)
  expect(nrPagesRight, order !== undefined && 1 << order === pagesOf(s, folio), `order byte of p${folio} is ${byte}`)
  return order ?? 0
}

/** folio_set_large_rmappable: a flag of page 1, which only a large folio has. */
export function set_large_rmappable(s: State, folio: number): void {
  expect(noWarning, pageAt(s, folio).head, `VM_BUG_ON_PGFLAGS(!PG_head): p${folio}`)
  pageAt(s, folio + 1).largeRmappable = true
}

/** zone_device_data as a value of kind `tag`. */
export function zone_device_data(s: State, p: number, tag: PageState['w2']['tag']): number {
  const { w2 } = pageAt(s, p)
  demand(dataWord, w2.tag === tag, `word 2 of p${p} holds ${w2.tag}, read as ${tag}`)
  return w2.value
}

export function set_zone_device_data(s: State, p: number, tag: PageState['w2']['tag'], value = NONE): void {
  const page = pageAt(s, p)
  page.w2.tag = tag
  page.w2.value = value
  page.fresh = tag === 'backing' || tag === 'svmm' || tag === 'zdd'
}
