import { bool, NONE } from 'foliocheck'
import { eachEntry, loadData, mmOf, storeData } from '../../machine/page-table/index.js'
import { Data, Index, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State } from '../../machine/page-table/state.js'
import { gup_fast, gup_put_folio } from './gup-fast.js'

/**
 * | kernel function     | steps                        | abstracted, and why that is sound                                |
 * |---------------------|------------------------------|------------------------------------------------------------------|
 * | a driver with a pin | pin; one transfer; unpin     | One page. The transfer is one step, not inside a section under a |
 * |                     |                              | table's lock: nobody copies a pinned page there, so before and   |
 * |                     |                              | after are the same.                                              |
 */

/** The VMAs of the address space whose page `index` is `p`: none after a zap, another one after mremap. */
function placesOf(s: State, mm: number, index: number, p: number): number[] {
  const places: number[] = []
  eachEntry(s, (e, va, at) => {
    if (mmOf(va) === mm && (at < 0 ? e.pfn + index === p : at === index && e.pfn === p)) places.push(va)
  })
  return places
}

/** No entry is between two values. */
function settled(s: State, mm: number): boolean {
  return s.vmas.every((vma, va) => mmOf(va) !== mm || (vma.pmdLock === NONE && vma.pteLock === NONE))
}

/** Pins page `index` of the VMA, lets a device store `value` into it or load from it, and unpins it. */
export const pin_user_pages_fast = pageTable.operation(
  'pin_user_pages_fast',
  {
    source: 'mm/gup.c',
    params: { va: Va, index: Index, write: bool(), value: Data },
    locals: { page: Pfn, folio: Pfn },
  },
  ({ step, waitUntil, when, call, ret }) => [
    call(
      'gup_fast(start, end, gup_flags, pages)',
      gup_fast,
      { va: t => t.va, index: t => t.index, write: t => t.write },
      (t, page) => {
        t.page = page
      },
    ),
    when(t => t.page === NONE, [ret()]),
    waitUntil(
      'the transfer',
      (s, t) => settled(s, mmOf(t.va)),
      (s, t) => {
        t.folio = s.pages[t.page].head
        const places = placesOf(s, mmOf(t.va), t.index, t.page)
        if (t.write) s.pages[t.page].data = t.value
        for (const va of places) {
          if (t.write) storeData(s, va, t.index, t.page, t.value)
          else loadData(s, va, t.index, t.page)
        }
      },
    ),
    step('unpin_user_page(page)', (s, t) => {
      s.pages[t.page].pinned--
    }),
    call('gup_put_folio(page_folio(page), 1, FOLL_PIN)', gup_put_folio, { folio: t => t.folio, counted: true }),
  ],
)
