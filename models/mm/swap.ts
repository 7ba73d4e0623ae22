import { bool, type OperationRef } from 'foliocheck'
import { folio_put_testzero } from '../machine/index.js'
import { Pfn, zoneDevice } from '../machine/state.js'

/**
 * | kernel function | steps                  | abstracted, and why that is sound                                        |
 * |-----------------|------------------------|--------------------------------------------------------------------------|
 * | folio_put       | the decrement          | –                                                                        |
 * | __folio_put     | none of its own        | Device folios only: the zone test always leads to free_zone_device_folio |
 */

const free_zone_device_folio: OperationRef<{ folio: typeof Pfn }> = {
  name: 'free_zone_device_folio',
  params: { folio: Pfn },
}

const free_zone_device_page: OperationRef<{ page: typeof Pfn }> = {
  name: 'free_zone_device_page',
  params: { page: Pfn },
}

export const __folio_put = zoneDevice.operation(
  '__folio_put',
  { source: 'mm/swap.c', params: { folio: Pfn } },
  ({ call }) => [call('free_zone_device_folio(folio)', free_zone_device_folio, { folio: t => t.folio })],
)

/** Until v6.0. */
export const __folio_put_v6_0 = zoneDevice.operation(
  '__folio_put',
  { source: 'mm/swap.c', params: { folio: Pfn } },
  ({ call }) => [call('free_zone_device_page(&folio->page)', free_zone_device_page, { page: t => t.folio })],
)

export const folio_put = zoneDevice.operation(
  'folio_put',
  { source: 'include/linux/mm.h', params: { folio: Pfn }, locals: { zero: bool() } },
  ({ step, when, call }) => [
    step('folio_put_testzero(folio)', (s, t) => {
      t.zero = folio_put_testzero(s, t.folio)
    }),
    when(t => t.zero, [call('__folio_put(folio)', __folio_put, { folio: t => t.folio })]),
  ],
)
