import { bool } from 'foliocheck'
import {
  folio_is_device_private,
  folio_nr_pages,
  folio_put_testzero,
  free_folio,
  pageAt,
} from '../../machine/page-table/index.js'
import { Pfn } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'

/**
 * | kernel function        | steps                       | abstracted, and why that is sound                           |
 * |------------------------|-----------------------------|-------------------------------------------------------------|
 * | folio_put              | testzero; free              | –                                                           |
 * | __folio_put            | one                         | LRU, memcg, deferred split list: nobody else finds a folio  |
 * |                        |                             | whose count is 0 and that no entry names.                   |
 * | free_zone_device_folio | one                         | The words of struct page and the pagemap's reference have a |
 * |                        |                             | machine of their own. Here the driver's callback makes the  |
 * |                        |                             | pages free at once.                                         |
 */

/** mod_mthp_stat(order, MTHP_STAT_NR_ANON, -1) of a large anonymous folio. */
function uncountAnon(s: State, folio: number): void {
  if (pageAt(s, folio).anon && folio_nr_pages(s, folio) > 1 && s.nrAnon > 0) s.nrAnon--
}

/** Frees a folio of system memory. */
export const __folio_put = pageTable.operation(
  '__folio_put',
  { source: 'mm/swap.c', params: { folio: Pfn } },
  ({ step }) => [
    step('free_frozen_pages(&folio->page, folio_order(folio))', (s, t) => {
      uncountAnon(s, t.folio)
      free_folio(s, t.folio)
    }),
  ],
)

/** Until mid-2026 the free path of device folios forgot the statistics. */
export const free_zone_device_folio_v6_19 = pageTable.operation(
  'free_zone_device_folio',
  { source: 'mm/memremap.c', params: { folio: Pfn } },
  ({ step }) => [
    step('pgmap->ops->folio_free(folio)', (s, t) => {
      free_folio(s, t.folio)
    }),
  ],
)

/** v7.2: a large anonymous folio leaves MTHP_STAT_NR_ANON here too. */
export const free_zone_device_folio = pageTable.operation(
  'free_zone_device_folio',
  { source: 'mm/memremap.c', params: { folio: Pfn } },
  ({ step }) => [
    step('mod_mthp_stat(folio_order(folio), MTHP_STAT_NR_ANON, -1)', (s, t) => {
      uncountAnon(s, t.folio)
    }),
    step('pgmap->ops->folio_free(folio)', (s, t) => {
      free_folio(s, t.folio)
    }),
  ],
)

/** Drops a reference; the last one frees the folio, whatever locks the caller holds. */
export const folio_put = pageTable.operation(
  'folio_put',
  { source: 'include/linux/mm.h', params: { folio: Pfn }, locals: { last: bool() } },
  ({ step, when, call }) => [
    step('folio_put_testzero(folio)', (s, t) => {
      t.last = folio_put_testzero(s, t.folio)
    }),
    when(
      t => t.last,
      [
        when(
          t => folio_is_device_private(t.folio),
          [call('free_zone_device_folio(folio)', free_zone_device_folio, { folio: t => t.folio })],
          [call('__folio_put(folio)', __folio_put, { folio: t => t.folio })],
        ),
      ],
    ),
  ],
)
