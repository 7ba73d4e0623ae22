import { bool, expect, NONE, patch, put } from 'foliocheck'
import { initAfterKillNoticed, noInitAfterKill } from '../../properties/pagemap.js'
import { nouveau_dmem_page_alloc_locked_v7_0 } from '../drivers/nouveau.js'
import { dmirror_devmem_alloc_page_v7_0 } from '../drivers/test_hmm.js'
import {
  folio_pgmap,
  isFolio,
  page_folio,
  pageAt,
  percpu_ref_get_many,
  percpu_ref_tryget_live,
  pop,
  push,
  set_large_rmappable,
  set_nr_pages,
  set_pgmap,
  set_zone_device_data,
} from '../machine/index.js'
import { NrPages, Order, Pfn, PgmapRef, PMD_ORDER, type State, zoneDevice } from '../machine/state.js'
import { lock_page } from '../mm/filemap.js'
import { checkBlock, publish } from '../mm/memremap/init-checks.js'
import { prep_compound_page } from '../mm/page_alloc.js'

/** Takes its references of a live pagemap only, before it touches a page; false when there is none to take. */
const zone_device_page_init = zoneDevice.operation(
  'zone_device_page_init',
  {
    source: 'mm/memremap.c',
    params: { page: Pfn, pgmap: PgmapRef, order: Order },
    locals: { i: NrPages, got: bool() },
    returns: bool(),
  },
  ({ step, call, when, loop, local, ret }) => [
    step('percpu_ref_tryget_live(&pgmap->ref)', (s, t) => {
      checkBlock(s, t.page, t.order)
      t.got = percpu_ref_tryget_live(s, t.pgmap)
      expect(initAfterKillNoticed, !s.pgmap.dead || !t.got)
      expect(noInitAfterKill, !s.pgmap.dead || !t.got)
    }),
    when(t => !t.got, [ret(() => false)]),
    loop(
      t => t.i < 1 << t.order,
      [
        step('new_page->flags &= ~0xff', (s, t) => {
          pageAt(s, t.page + t.i).w0 = 0
        }),
        step('((struct folio *)(new_page - 1))->_nr_pages = 0', (s, t) => {
          set_nr_pages(s, t.page + t.i, 0)
        }),
        step('new_folio->pgmap = pgmap', (s, t) => {
          pageAt(s, t.page + t.i).mapping = 'null'
          set_pgmap(s, t.page + t.i, t.pgmap)
        }),
        local(t => {
          t.i++
        }),
      ],
    ),
    step('percpu_ref_get_many(&pgmap->ref, (1 << order) - 1)', (s, t) => {
      percpu_ref_get_many(s, t.pgmap, (1 << t.order) - 1)
    }),
    step('set_page_count(page, 1)', (s, t) => {
      publish(s, t.page, t.order)
    }),
    call('lock_page(page)', lock_page, { page: t => t.page }),
    when(
      t => t.order > 0,
      [call('prep_compound_page(page, order)', prep_compound_page, { page: t => t.page, order: t => t.order })],
    ),
    ret(() => true),
  ],
)

const zone_device_folio_init = zoneDevice.operation(
  'zone_device_folio_init',
  {
    source: 'include/linux/memremap.h',
    params: { folio: Pfn, pgmap: PgmapRef, order: Order },
    locals: { done: bool() },
    returns: bool(),
  },
  ({ step, call, when, ret }) => [
    call(
      'zone_device_page_init(&folio->page, pgmap, order)',
      zone_device_page_init,
      { page: t => t.folio, pgmap: t => t.pgmap, order: t => t.order },
      (t, done) => {
        t.done = done
      },
    ),
    when(
      t => t.done && t.order > 0,
      [
        step('folio_set_large_rmappable(folio)', (s, t) => {
          set_large_rmappable(s, t.folio)
          isFolio(s, t.folio, 1 << t.order)
        }),
      ],
    ),
    ret(t => t.done),
  ],
)

const orderOf = (t: { is_large: boolean }) => (t.is_large ? PMD_ORDER : 0)

/** Undoes a pop. */
function giveBack(s: State, page: number, large: boolean): void {
  for (let p = page; p < page + (large ? 1 << PMD_ORDER : 1); p++) s.pages[p].owner = s.lists.remove ? 'driver' : 'pool'
  if (!s.lists.remove) push(s, page, large)
}

const alloc = {
  params: { is_large: bool() },
  locals: { page: Pfn, folio: Pfn, pgmap: PgmapRef, done: bool() },
  returns: Pfn,
}

/** A list driver's allocation that may be refused; `counted` is nouveau's. */
function allocPage(name: string, source: string, counted: boolean) {
  return zoneDevice.operation(name, { source, ...alloc }, ({ step, call, when, ret }) => [
    step('spin_lock; page = free_pages; spin_unlock', (s, t) => {
      t.page = pop(s, t.is_large, 1 << orderOf(t))
      if (t.page === NONE) return
      t.folio = page_folio(s, t.page)
      t.pgmap = folio_pgmap(s, t.folio)
      if (counted) s.lists.callocated++
    }),
    when(t => t.page === NONE, [ret(() => NONE)]),
    call(
      'zone_device_folio_init(folio, pgmap, order)',
      zone_device_folio_init,
      { folio: t => t.folio, pgmap: t => t.pgmap, order: orderOf },
      (t, done) => {
        t.done = done
      },
    ),
    when(
      t => !t.done,
      [
        step('spin_lock; free_pages = page; spin_unlock', (s, t) => {
          giveBack(s, t.page, t.is_large)
          if (counted) s.lists.callocated--
        }),
        ret(() => NONE),
      ],
    ),
    ...(counted
      ? []
      : [
          step('dpage->zone_device_data = rpage', (s, t) => {
            set_zone_device_data(s, t.page, 'backing', orderOf(t))
          }),
        ]),
    ret(t => t.page),
  ])
}

/** Restores, and acts on, the test for a live pagemap that v6.18 had. */
export const initRefusesDeadPagemap = patch(
  'init-refuses-dead-pagemap',
  {
    subject: 'mm/zone_device: refuse to initialise a folio of a pagemap that was killed',
    date: '2026-07-31',
    fixes: 'd245f9b4ab80',
    status: 'a proposal, not posted: tryget_live as until v6.18, and the list drivers give the page back',
    claims: ['zd-alloc-after-kill-undetected'],
  },
  put(zone_device_page_init),
  put(zone_device_folio_init),
  put(allocPage(dmirror_devmem_alloc_page_v7_0.name, dmirror_devmem_alloc_page_v7_0.source, false)),
  put(allocPage(nouveau_dmem_page_alloc_locked_v7_0.name, nouveau_dmem_page_alloc_locked_v7_0.source, true)),
)
