import { bool, expect, insertBefore, on, patch, put } from 'foliocheck'
import { splitPageContract } from '../../properties/split.js'
import { drm_pagemap_get_devmem_page_v6_19 } from '../drivers/drm_pagemap.js'
import { page_folio, pageAt } from '../machine/index.js'
import { NrPages, Order, Pfn, zoneDevice } from '../machine/state.js'

/** split_page, for pages that are no compound page and have a reference. */
const split_page = zoneDevice.operation(
  'split_page',
  { source: 'mm/page_alloc.c', params: { page: Pfn, order: Order }, locals: { i: NrPages } },
  ({ step, loop, local }) => [
    step('VM_BUG_ON_PAGE(PageCompound(page)); VM_BUG_ON_PAGE(!page_count(page))', (s, t) => {
      const { head, w1, ref } = pageAt(s, t.page)
      expect(splitPageContract, !head && w1.tag !== 'head', `p${t.page} is compound`)
      expect(splitPageContract, ref > 0, `p${t.page} has no reference`)
    }),
    local(t => {
      t.i = 1
    }),
    loop(
      t => t.i < 1 << t.order,
      [
        step('set_page_refcounted(page + i)', (s, t) => {
          pageAt(s, t.page + t.i).ref = 1
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
  ],
)

const more = { head: Pfn, large: bool() }
const { step, when, call } = zoneDevice.words(drm_pagemap_get_devmem_page_v6_19, more)

/** What was tried on a review's advice: the driver splits the page of a dead large folio before it uses it again. */
export const splitPageOnRealloc = patch(
  'split-page-on-realloc',
  {
    subject: 'Re: [v1 resend 08/12] mm/thp: add split during migration support (split_page on a free device folio)',
    date: '2025-07-17',
    status: 'tried and reported not to work, rebased to v6.19',
    claims: ['zd-stale-head-on-realloc'],
  },
  put(split_page),
  on(
    drm_pagemap_get_devmem_page_v6_19,
    { locals: more },
    insertBefore(
      'page->zone_device_data = drm_pagemap_zdd_get(zdd)',
      step('folio_order(page_folio(page))', (s, t) => {
        t.head = page_folio(s, t.page)
        t.large = t.order === 0 && pageAt(s, t.head).head
      }),
      when(t => t.large, [call('split_page(head, HPAGE_PMD_ORDER)', split_page, { page: t => t.head, order: 2 })]),
    ),
  ),
)
