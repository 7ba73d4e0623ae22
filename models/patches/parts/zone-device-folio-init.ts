import { folio_pgmap, isFolio, page_folio, percpu_ref_tryget_many, set_large_rmappable } from '../../machine/index.js'
import { Order, Pfn, zoneDevice } from '../../machine/state.js'
import { lock_page } from '../../mm/filemap.js'
import { checkBlock, checkTryget, publish } from '../../mm/memremap/init-checks.js'
import { prep_compound_page } from '../../mm/page_alloc.js'

/** zone_device_folio_init as posted from RFC to v6, with folios of at least `smallest` made compound. */
export function folioInit(smallest: 1 | 2, condition: string) {
  return zoneDevice.operation(
    'zone_device_folio_init',
    { source: 'mm/memremap.c', params: { folio: Pfn, order: Order }, locals: { head: Pfn } },
    ({ step, call, when }) => [
      step('pgmap = page_pgmap(page)', (s, t) => {
        checkBlock(s, t.folio, t.order)
        t.head = page_folio(s, t.folio)
      }),
      step('percpu_ref_tryget_many(&pgmap->ref, 1 << order)', (s, t) => {
        const got = percpu_ref_tryget_many(s, folio_pgmap(s, t.head), 1 << t.order)
        checkTryget(s, got, 'WARN_ON_ONCE(!percpu_ref_tryget_many())')
      }),
      step('folio_set_count(folio, 1)', (s, t) => {
        publish(s, t.folio, t.order, t.order >= smallest)
      }),
      call('lock_page(page)', lock_page, { page: t => t.folio }),
      when(
        t => t.order >= smallest,
        [
          call(`${condition} prep_compound_page(page, order)`, prep_compound_page, {
            page: t => t.folio,
            order: t => t.order,
          }),
          step('folio_set_large_rmappable(folio)', (s, t) => {
            set_large_rmappable(s, t.folio)
            isFolio(s, t.folio, 1 << t.order)
          }),
        ],
      ),
    ],
  )
}

/** The version with the test for an order above 1. */
export const zone_device_folio_init_posted = folioInit(2, 'if (order > 1)')

/** zone_device_page_init(page) of the same versions: the folio of a free page, at order 0. */
export const zone_device_page_init_wrapper = zoneDevice.operation(
  'zone_device_page_init',
  { source: 'include/linux/memremap.h', params: { page: Pfn }, locals: { folio: Pfn } },
  ({ step, call }) => [
    step('folio = page_folio(page)', (s, t) => {
      t.folio = page_folio(s, t.page)
    }),
    call('zone_device_folio_init(folio, 0)', zone_device_folio_init_posted, { folio: t => t.folio, order: 0 }),
  ],
)
