import { on, patch, remove, replace } from 'foliocheck'
import { isFolio, set_large_rmappable } from '../machine/index.js'
import { zoneDevice } from '../machine/state.js'
import { zone_device_page_init_v7_0 } from '../mm/memremap/init.js'
import { publish } from '../mm/memremap/init-checks.js'
import { prep_compound_page } from '../mm/page_alloc.js'

const { step, call, when } = zoneDevice.words(zone_device_page_init_v7_0)

/** The order of steps that the review of v6 sketched: a page is made compound first, counted and locked after that. */
export const prepBeforePageCount = patch(
  'prep-before-page-count',
  {
    subject:
      'Re: [v6 01/15] mm/zone_device: support large zone device private folios (zone_device_page_init as sketched)',
    date: '2025-09-18',
    status: 'sketched in the review of v6, not merged; rebased to v7.0',
  },
  on(
    zone_device_page_init_v7_0,
    remove('prep_compound_page(page, order)'),
    replace(
      'set_page_count(page, 1)',
      when(
        t => t.order > 0,
        [
          call('prep_compound_page(page, order), early', prep_compound_page, {
            page: t => t.page,
            order: t => t.order,
          }),
          step('page_rmappable_folio(page)', (s, t) => {
            set_large_rmappable(s, t.page)
          }),
        ],
      ),
      step('set_page_count(page, 1), of a whole folio', (s, t) => {
        publish(s, t.page, t.order, false)
        isFolio(s, t.page, 1 << t.order)
      }),
    ),
  ),
)
