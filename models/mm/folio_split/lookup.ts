import { bool, expect } from 'foliocheck'
import { lookupContains } from '../../../properties/folio-split.js'
import { nrPages, Page, split } from '../../machine/folio-split/state.js'

/**
 * | kernel function    | steps                          | abstracted, and why that is sound                               |
 * |--------------------|--------------------------------|-----------------------------------------------------------------|
 * | filemap_get_entry  | load; try_get; load again; put | RCU: nothing is freed here. The assertion is that of the        |
 * |                    |                                | callers; what they do with the folio is left out.               |
 */
export const filemap_get_entry = split.operation(
  'filemap_get_entry',
  { source: 'mm/filemap.c', params: { index: Page }, locals: { folio: Page, got: bool() } },
  ({ step, when, label, goto }) => {
    const drop = (why: string) =>
      step(why, (s, t) => {
        s.pages[t.folio].ref--
        s.held[t.folio].refs--
      })
    return [
      label('repeat'),
      step('folio = xas_load(&xas)', (s, t) => {
        t.folio = s.slots[t.index].folio
      }),
      step('folio_try_get(folio)', (s, t) => {
        t.got = s.pages[t.folio].ref > 0
        if (!t.got) return
        s.pages[t.folio].ref++
        s.held[t.folio].refs++
      }),
      when(t => !t.got, [goto('repeat')]),
      step('if (unlikely(folio != xas_reload(&xas)))', (s, t) => {
        t.got = s.slots[t.index].folio === t.folio
      }),
      when(t => !t.got, [drop('folio_put(folio), another one'), goto('repeat')]),
      step('VM_BUG_ON_FOLIO(!folio_contains(folio, index), folio)', (s, t) => {
        const contains = t.index >= t.folio && t.index < t.folio + nrPages(s, t.folio)
        expect(lookupContains, contains, `index ${t.index}: p${t.folio} of ${nrPages(s, t.folio)} pages`)
      }),
      drop('folio_put(folio)'),
    ]
  },
)
