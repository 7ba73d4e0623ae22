import { codeOfOrder, pageAt, set_compound_head, set_nr_pages, set_zone_device_data } from '../machine/index.js'
import { NrPages, Order, Pfn, zoneDevice } from '../machine/state.js'

/**
 * | kernel function     | steps                                  | abstracted, and why that is sound                    |
 * |---------------------|----------------------------------------|------------------------------------------------------|
 * | prep_compound_page  | head bit; per tail its head pointer;   | A tail's mapping marker is written with its head     |
 * |                     | order byte; _nr_pages and counters     | pointer, and the counters of page 1 and 2 with       |
 * |                     |                                        | _nr_pages: nobody without a reference reads them. A  |
 * |                     |                                        | flags word is rewritten in one step: whoever else    |
 * |                     |                                        | could write it finds the folio locked.               |
 */

/** Makes the pages from `page` on one compound page. The caller owns them all. */
export const prep_compound_page = zoneDevice.operation(
  'prep_compound_page',
  { source: 'mm/page_alloc.c', params: { page: Pfn, order: Order }, locals: { i: NrPages } },
  ({ step, loop, local }) => [
    step('__SetPageHead(page)', (s, t) => {
      pageAt(s, t.page).head = true
    }),
    local(t => {
      t.i = 1
    }),
    loop(
      t => t.i < 1 << t.order,
      [
        step('prep_compound_tail(page, i)', (s, t) => {
          pageAt(s, t.page + t.i).mapping = 'tail'
          set_compound_head(s, t.page + t.i, t.page)
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
    step('page[1].flags: order', (s, t) => {
      pageAt(s, t.page + 1).orderByte = codeOfOrder(t.order)
    }),
    step('folio->_nr_pages = 1 << order', (s, t) => {
      set_nr_pages(s, t.page + 1, 1 << t.order)
      set_zone_device_data(s, t.page + 1, 'compound')
      if (t.order > 1) set_zone_device_data(s, t.page + 2, 'compound')
    }),
  ],
)
