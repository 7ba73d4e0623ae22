import { expect } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import {
  folio_pgmap,
  isFolio,
  page_folio,
  pageAt,
  percpu_ref_tryget_live,
  percpu_ref_tryget_many,
  set_large_rmappable,
  set_nr_pages,
  set_pgmap,
} from '../../machine/index.js'
import { NrPages, Order, Pfn, PgmapRef, zoneDevice } from '../../machine/state.js'
import { lock_page } from '../filemap.js'
import { prep_compound_page } from '../page_alloc.js'
import { checkBlock, checkTryget, publish } from './init-checks.js'

/**
 * | kernel function        | steps                                      | abstracted, and why that is sound              |
 * |------------------------|--------------------------------------------|------------------------------------------------|
 * | zone_device_page_init  | tryget, count, lock; since v6.19 prep;     | v7.0 clears mapping and share in the step of   |
 * |                        | since v7.0 first, for each page, flags,    | the pgmap word: nobody without a reference     |
 * |                        | _nr_pages and pgmap                        | reads them. Its warning about a count above 0  |
 * |                        |                                            | looks in that same step. The flags word of a   |
 * |                        |                                            | free page is rewritten in one step: without a  |
 * |                        |                                            | reference nobody else writes it.               |
 * | zone_device_folio_init | the above, and large_rmappable             | –                                              |
 */

const TRYGET_LIVE = 'WARN_ON_ONCE(!percpu_ref_tryget_live())'
const TRYGET_MANY = 'WARN_ON_ONCE(!percpu_ref_tryget_many())'

/** Between two commits of v6.1: no pagemap reference yet. */
export const zone_device_page_init_zero_count = zoneDevice.operation(
  'zone_device_page_init',
  { source: 'mm/memremap.c', params: { page: Pfn } },
  ({ step, call }) => [
    step('set_page_count(page, 1)', (s, t) => {
      checkBlock(s, t.page, 0)
      publish(s, t.page, 0)
    }),
    call('lock_page(page)', lock_page, { page: t => t.page }),
  ],
)

/** v6.1 to v6.18: order 0 only; one pagemap reference, of a live pagemap. */
export const zone_device_page_init_v6_1 = zoneDevice.operation(
  'zone_device_page_init',
  { source: 'mm/memremap.c', params: { page: Pfn } },
  ({ step, call }) => [
    step('percpu_ref_tryget_live(&page->pgmap->ref)', (s, t) => {
      checkBlock(s, t.page, 0)
      checkTryget(s, percpu_ref_tryget_live(s, folio_pgmap(s, t.page)), TRYGET_LIVE)
    }),
    step('set_page_count(page, 1)', (s, t) => {
      publish(s, t.page, 0)
    }),
    call('lock_page(page)', lock_page, { page: t => t.page }),
  ],
)

/** v6.19-rc1: trusts what the page's last life left in it. */
export const zone_device_page_init_v6_19 = zoneDevice.operation(
  'zone_device_page_init',
  { source: 'mm/memremap.c', params: { page: Pfn, order: Order }, locals: { folio: Pfn } },
  ({ step, call, when }) => [
    step('folio = page_folio(page)', (s, t) => {
      checkBlock(s, t.page, t.order)
      t.folio = page_folio(s, t.page)
    }),
    step('percpu_ref_tryget_many(&folio->pgmap->ref, 1 << order)', (s, t) => {
      checkTryget(s, percpu_ref_tryget_many(s, folio_pgmap(s, t.folio), 1 << t.order), TRYGET_MANY)
    }),
    step('set_page_count(page, 1)', (s, t) => {
      publish(s, t.page, t.order)
    }),
    call('lock_page(page)', lock_page, { page: t => t.page }),
    when(
      t => t.order > 0,
      [call('prep_compound_page(page, order)', prep_compound_page, { page: t => t.page, order: t => t.order })],
    ),
  ],
)

/** v6.19-rc1. */
export const zone_device_folio_init_v6_19 = zoneDevice.operation(
  'zone_device_folio_init',
  { source: 'include/linux/memremap.h', params: { folio: Pfn, order: Order } },
  ({ step, call, when }) => [
    call('zone_device_page_init(&folio->page, order)', zone_device_page_init_v6_19, {
      page: t => t.folio,
      order: t => t.order,
    }),
    when(
      t => t.order > 0,
      [
        step('folio_set_large_rmappable(folio)', (s, t) => {
          set_large_rmappable(s, t.folio)
          isFolio(s, t.folio, 1 << t.order)
        }),
      ],
    ),
  ],
)

/** v7.0: every page of the block is made stand-alone again first, with the pagemap that the driver hands in. */
export const zone_device_page_init_v7_0 = zoneDevice.operation(
  'zone_device_page_init',
  {
    source: 'mm/memremap.c',
    params: { page: Pfn, pgmap: PgmapRef, order: Order },
    locals: { i: NrPages },
  },
  ({ step, call, when, loop, local }) => [
    loop(
      t => t.i < 1 << t.order,
      [
        step('new_page->flags &= ~0xff', (s, t) => {
          if (t.i === 0) checkBlock(s, t.page, t.order)
          pageAt(s, t.page + t.i).w0 = 0
        }),
        step('((struct folio *)(new_page - 1))->_nr_pages = 0', (s, t) => {
          set_nr_pages(s, t.page + t.i, 0)
        }),
        step('new_folio->pgmap = pgmap', (s, t) => {
          const page = pageAt(s, t.page + t.i)
          page.mapping = 'null'
          set_pgmap(s, t.page + t.i, t.pgmap)
          expect(noWarning, page.ref === 0, 'VM_WARN_ON_FOLIO(folio_ref_count(new_folio))')
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
    step('percpu_ref_tryget_many(&page_pgmap(page)->ref, 1 << order)', (s, t) => {
      checkTryget(s, percpu_ref_tryget_many(s, folio_pgmap(s, page_folio(s, t.page)), 1 << t.order), TRYGET_MANY)
    }),
    step('set_page_count(page, 1)', (s, t) => {
      publish(s, t.page, t.order)
    }),
    call('lock_page(page)', lock_page, { page: t => t.page }),
    when(
      t => t.order > 0,
      [call('prep_compound_page(page, order)', prep_compound_page, { page: t => t.page, order: t => t.order })],
    ),
  ],
)

/** v7.0. */
export const zone_device_folio_init_v7_0 = zoneDevice.operation(
  'zone_device_folio_init',
  { source: 'include/linux/memremap.h', params: { folio: Pfn, pgmap: PgmapRef, order: Order } },
  ({ step, call, when }) => [
    call('zone_device_page_init(&folio->page, pgmap, order)', zone_device_page_init_v7_0, {
      page: t => t.folio,
      pgmap: t => t.pgmap,
      order: t => t.order,
    }),
    when(
      t => t.order > 0,
      [
        step('folio_set_large_rmappable(folio)', (s, t) => {
          set_large_rmappable(s, t.folio)
          isFolio(s, t.folio, 1 << t.order)
        }),
      ],
    ),
  ],
)
