import { expect } from 'foliocheck'
import { noWarning } from '../../../properties/kernel-warnings.js'
import { initOwnsBlock } from '../../../properties/ownership.js'
import { initAfterKillNoticed, noInitAfterKill } from '../../../properties/pagemap.js'
import { beginUse } from '../../machine/ghost.js'
import { folio_pgmap, page_folio, pageAt, set_pgmap } from '../../machine/page.js'
import { percpu_ref_tryget_many } from '../../machine/percpu-ref.js'
import { NrPages, Order, Pfn, PgmapRef, type State, zoneDevice } from '../../machine/state.js'
import { lock_page } from '../filemap.js'
import { prep_compound_page } from '../page_alloc.js'

/**
 * | kernel function        | steps                                      | abstracted, and why that is sound              |
 * |------------------------|--------------------------------------------|------------------------------------------------|
 * | zone_device_page_init  | v7.0: per page flags, _nr_pages, pgmap;    | mapping and share are cleared in the step of   |
 * |                        | then tryget, count, lock, prep_compound    | the pgmap word: nobody without a reference     |
 * |                        |                                            | reads them. The warning on a count above 0 is  |
 * |                        |                                            | looked at in that same step.                   |
 * | zone_device_folio_init | … and large_rmappable                      |                                                |
 */

/** Ghost: `page` begins an aligned block that the caller took from the allocator, with nobody in it. */
export function checkBlock(s: State, page: number, order: number): void {
  const nr = 1 << order
  expect(initOwnsBlock, page % nr === 0, `p${page} is not aligned to order ${order}`)
  for (let p = page; p < page + nr && p < s.pages.length; p++) {
    const { owner, ref } = s.pages[p]
    expect(initOwnsBlock, owner === 'driver' && ref === 0, `p${p} belongs to ${owner}, its count is ${ref}`)
  }
}

/** Ghost and warning of the tryget in every version. */
export function checkTryget(s: State, got: boolean, warning: string): void {
  expect(noInitAfterKill, !s.pgmap.dead, 'the pagemap is dead')
  expect(initAfterKillNoticed, !s.pgmap.dead || !got, `${warning} says nothing`)
  expect(noWarning, got, warning)
}

/** set_page_count(page, 1): from here on the page can be pinned by whoever meets it. */
export function publish(s: State, page: number, order: number): void {
  pageAt(s, page).ref = 1
  beginUse(s, page, 1 << order)
}

/** v6.19-rc1: trusts what the page's last life left in it. */
export const zone_device_page_init_v6_19 = zoneDevice.operation(
  'zone_device_page_init',
  { source: 'mm/memremap.c', params: { page: Pfn, order: Order }, locals: { folio: Pfn } },
  ({ step, call, when }) => [
    step('folio = page_folio(page)', (s, t) => {
      checkBlock(s, t.page, t.order)
      t.folio = page_folio(s, t.page)
    }),
    step('percpu_ref_tryget_many(&page_pgmap(page)->ref, 1 << order)', (s, t) => {
      const got = percpu_ref_tryget_many(s, folio_pgmap(s, t.folio), 1 << t.order)
      checkTryget(s, got, 'WARN_ON_ONCE(!percpu_ref_tryget_many())')
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
          pageAt(s, t.folio + 1).largeRmappable = true
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
    locals: { i: NrPages, folio: Pfn },
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
          pageAt(s, t.page + t.i)._nr_pages = 0
        }),
        step('new_folio->pgmap = pgmap', (s, t) => {
          const page = pageAt(s, t.page + t.i)
          page.mapping = 'null'
          set_pgmap(s, t.page + t.i)
          expect(noWarning, page.ref === 0, 'VM_WARN_ON_FOLIO(folio_ref_count(new_folio))')
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
    step('percpu_ref_tryget_many(&page_pgmap(page)->ref, 1 << order)', (s, t) => {
      const got = percpu_ref_tryget_many(s, folio_pgmap(s, page_folio(s, t.page)), 1 << t.order)
      checkTryget(s, got, 'WARN_ON_ONCE(!percpu_ref_tryget_many())')
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
          pageAt(s, t.folio + 1).largeRmappable = true
        }),
      ],
    ),
  ],
)
