import { array, bit, type Fields, ghost, int, machine, record, ref, type Type, type ValueOf } from 'foliocheck'

/**
 * The split of a folio in the page cache: which folio a page belongs to, what the cache has at each index, who may take
 * a reference, and flags that lie in the second page of a folio. Page `i` of memory is page `i` of the file.
 */

export const PAGES = 4
/** Order of the folio that is split. */
export const ORDER = 2
export const Page = ref('p', PAGES)
export const Order = int(0, ORDER)

export const split = machine(
  'folio-split',
  record({
    pages: array(
      PAGES,
      record(
        {
          /** Head of the page's folio; a page with another one is a tail. */
          head: Page,
          /** Of a head: its order. */
          order: Order,
          /** Of a head: 0 while it is frozen. */
          ref: int(0, 9),
          flags: int(0, 3),
        },
        {
          /** PG_hwpoison: this page of memory is broken. */
          hwpoison: bit('flags', 0),
          /** PG_has_hwpoisoned of the folio whose second page this is. */
          hasHwpoisoned: bit('flags', 1),
        },
      ),
      'p',
    ),
    /** The page cache: the folio at each index. */
    slots: array(PAGES, record({ folio: Page }), 'i'),
    /** References of threads, the splitter's own included, by folio. */
    held: ghost(array(PAGES, record({ refs: int(0, 4) }), 'p')),
  }),
)

export type State = ValueOf<typeof split.schema>

export type Words<P extends Fields, L extends Fields = Record<never, never>, R extends Type = never> = Parameters<
  Parameters<typeof split.operation<P, L, R>>[2]
>[0]

export function nrPages(s: State, folio: number): number {
  return 1 << s.pages[folio].order
}

export function folioOf(s: State, page: number): number {
  return s.pages[page].head
}

/** A folio of all pages in the cache, and a thread that has a reference. */
export function oneFolio(s: State): void {
  for (let i = 0; i < PAGES; i++) {
    s.pages[i].head = 0
    s.slots[i].folio = 0
  }
  s.pages[0].order = ORDER
  s.pages[0].ref = PAGES + 1
  s.held[0].refs = 1
}

/** The same with one broken page. */
export function oneBrokenFolio(s: State, page: number): void {
  oneFolio(s)
  s.pages[page].hwpoison = true
  s.pages[1].hasHwpoisoned = true
}
