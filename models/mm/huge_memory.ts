import { bool, expect } from 'foliocheck'
import { noWarning } from '../../properties/kernel-warnings.js'
import {
  checkFrozen,
  clear_compound_head,
  codeOfOrder,
  folio_nr_pages_held,
  folio_ref_freeze,
  folio_ref_unfreeze,
  folio_split,
  pageAt,
  set_large_rmappable,
  set_nr_pages,
} from '../machine/index.js'
import { NrPages, Order, Pfn, type State, zoneDevice } from '../machine/state.js'
import { prep_compound_page } from './page_alloc.js'

/**
 * | kernel function                    | steps                                  | abstracted, and why that is sound      |
 * |------------------------------------|----------------------------------------|----------------------------------------|
 * | folio_split_unmapped               | expected count; the rest               | Interrupts off: no step here sleeps.   |
 * | __folio_freeze_and_split_unmapped  | freeze; split; per piece callback and  | No swap cache, LRU or page cache: a    |
 * |                                    | unfreeze; the head last                | device folio is in none of them.       |
 * | __split_folio_to_order             | per piece flags, mapping, head pointer;| memcg, young, cpupid: nobody looks at  |
 * |                                    | then the head's own                    | them here. Uniform splits only.        |
 * | zone_device_private_split_cb       | none of its own                        | All modelled drivers have ->folio_split|
 */

/** Bits of the low flags byte that a piece inherits: locked, referenced, uptodate, dirty. */
const INHERITED = 0b0001_1101

/** The pieces of a folio of `nr` pages get the flags, mapping and head of folios of order `order`. */
export const __split_folio_to_order = zoneDevice.operation(
  '__split_folio_to_order',
  {
    source: 'mm/huge_memory.c',
    params: { folio: Pfn, nr: NrPages, order: Order },
    locals: { i: NrPages },
  },
  ({ step, loop, local, when, call }) => [
    local(t => {
      t.i = 1 << t.order
    }),
    loop(
      t => t.i < t.nr,
      [
        step('new_folio->flags &= ~PAGE_FLAGS_CHECK_AT_PREP', (s, t) => {
          checkFrozen(s, t.folio)
          const page = pageAt(s, t.folio + t.i)
          page.w0 = 0
          page.largeRmappable = false
        }),
        step('new_folio->flags |= folio->flags & …', (s, t) => {
          const page = pageAt(s, t.folio + t.i)
          page.w0 |= pageAt(s, t.folio).w0 & INHERITED
          page.largeRmappable = pageAt(s, t.folio).largeRmappable
        }),
        step('new_folio->mapping = folio->mapping', (s, t) => {
          pageAt(s, t.folio + t.i).mapping = pageAt(s, t.folio).mapping
        }),
        step('clear_compound_head(new_head)', (s, t) => {
          clear_compound_head(s, t.folio + t.i)
        }),
        when(
          t => t.order > 0,
          [
            call('prep_compound_page(new_head, new_order)', prep_compound_page, {
              page: t => t.folio + t.i,
              order: t => t.order,
            }),
            step('folio_set_large_rmappable(new_folio)', (s, t) => {
              set_large_rmappable(s, t.folio + t.i)
            }),
          ],
        ),
        step('new_folio->memcg_data = folio->memcg_data', (s, t) => {
          pageAt(s, t.folio + t.i).w7.tag = pageAt(s, t.folio).w7.tag
          pageAt(s, t.folio + t.i).w7.value = 0
        }),
        local(t => {
          t.i += 1 << t.order
        }),
      ],
    ),
    when(
      t => t.order > 0,
      [
        step('folio_set_order(folio, new_order)', (s, t) => {
          setOrder(s, t.folio, t.order)
        }),
      ],
      [
        step('ClearPageCompound(&folio->page)', (s, t) => {
          pageAt(s, t.folio).head = false
        }),
      ],
    ),
  ],
)

function setOrder(s: State, folio: number, order: number): void {
  pageAt(s, folio + 1).orderByte = codeOfOrder(order)
  set_nr_pages(s, folio + 1, 1 << order)
}

/** Splits a frozen folio; every piece comes out locked, with one reference that belongs to the caller. */
export const __folio_freeze_and_split_unmapped = zoneDevice.operation(
  '__folio_freeze_and_split_unmapped',
  {
    source: 'mm/huge_memory.c',
    params: { folio: Pfn, order: Order },
    locals: { nr: NrPages, i: NrPages, frozen: bool() },
    returns: bool(),
  },
  ({ step, loop, local, when, call, ret }) => [
    step('end_folio = folio_next(folio)', (s, t) => {
      t.nr = folio_nr_pages_held(s, t.folio)
    }),
    step('folio_ref_freeze(folio, 1)', (s, t) => {
      t.frozen = folio_ref_freeze(s, t.folio, 1)
    }),
    when(t => !t.frozen, [ret(() => false)]),
    call('__split_unmapped_folio(folio, new_order)', __split_folio_to_order, {
      folio: t => t.folio,
      nr: t => t.nr,
      order: t => t.order,
    }),
    local(t => {
      t.i = 1 << t.order
    }),
    loop(
      t => t.i < t.nr,
      [
        call('zone_device_private_split_cb(folio, new_folio)', folio_split, {
          original: t => t.folio,
          replacement: t => t.folio + t.i,
        }),
        step('folio_ref_unfreeze(new_folio, 1)', (s, t) => {
          folio_ref_unfreeze(s, t.folio + t.i, 1, 1 << t.order, t.folio)
        }),
        local(t => {
          t.i += 1 << t.order
        }),
      ],
    ),
    call('zone_device_private_split_cb(folio, NULL)', folio_split, { original: t => t.folio, replacement: -1 }),
    step('folio_ref_unfreeze(folio, 1)', (s, t) => {
      folio_ref_unfreeze(s, t.folio, 1, 1 << t.order, t.folio)
    }),
    ret(() => true),
  ],
)

/** Splits a locked, unmapped anonymous folio of which the caller owns the only reference; false is -EAGAIN. */
export const folio_split_unmapped = zoneDevice.operation(
  'folio_split_unmapped',
  {
    source: 'mm/huge_memory.c',
    params: { folio: Pfn, order: Order },
    locals: { done: bool() },
    returns: bool(),
  },
  ({ test, call, ret }) => [
    test(
      'folio_expected_ref_count(folio) != folio_ref_count(folio) - 1',
      (s, t) => {
        const { mapcount, locked, head, mapping, ref } = pageAt(s, t.folio)
        expect(noWarning, mapcount === 0, 'VM_WARN_ON_ONCE_FOLIO(folio_mapped(folio))')
        expect(noWarning, locked, 'VM_WARN_ON_ONCE_FOLIO(!folio_test_locked(folio))')
        expect(noWarning, head, 'VM_WARN_ON_ONCE_FOLIO(!folio_test_large(folio))')
        expect(noWarning, mapping === 'anon', 'VM_WARN_ON_ONCE_FOLIO(!folio_test_anon(folio))')
        return mapcount !== ref - 1
      },
      [ret(() => false)],
    ),
    call(
      '__folio_freeze_and_split_unmapped(folio, new_order)',
      __folio_freeze_and_split_unmapped,
      { folio: t => t.folio, order: t => t.order },
      (t, done) => {
        t.done = done
      },
    ),
    ret(t => t.done),
  ],
)
