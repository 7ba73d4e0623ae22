import { expect, NONE } from 'foliocheck'
import { lruFolioCharged } from '../../../properties/page-table/collect.js'
import { folio_get, own, pageAt } from '../../machine/page-table/index.js'
import { FRAMES, Pfn } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'

/**
 * | kernel function | steps                            | abstracted, and why that is sound                                 |
 * |-----------------|----------------------------------|-------------------------------------------------------------------|
 * | folio_add_lru   | one                              | One batch for all CPUs, which never fills up. The lists behind it |
 * | lru_add_drain   | per folio: list; put             | are not kept: nobody here looks for folios on them.               |
 */

/** Puts a folio into the batch, with a reference of the batch's. */
export const folio_add_lru = pageTable.operation(
  'folio_add_lru',
  { source: 'mm/swap.c', params: { folio: Pfn } },
  ({ step }) => [
    step('folio_get(folio); folio_batch_add(fbatch, folio)', (s, t) => {
      const page = pageAt(s, t.folio)
      if (page.lruBatch) return
      folio_get(s, t.folio)
      own(s, t.folio, -1)
      page.lruBatch = true
    }),
  ],
)

/** Moves what is in the batch to the lists of its memory cgroups, and drops the batch's references. */
export const lru_add_drain = pageTable.operation(
  'lru_add_drain',
  { source: 'mm/swap.c', locals: { folio: Pfn } },
  ({ step, when, call, ret, label, goto }) => [
    label('next'),
    step('lruvec = folio_lruvec_relock_irqsave(folio, lruvec, &flags)', (s, t) => {
      t.folio = NONE
      for (let p = 0; p < FRAMES; p++) if (s.pages[p].lruBatch) t.folio = p
      if (t.folio === NONE) return
      const page = pageAt(s, t.folio)
      expect(lruFolioCharged, !page.uncharged, `p${t.folio} has no memory cgroup any more`)
      page.lruBatch = false
      own(s, t.folio, 1)
    }),
    when(t => t.folio === NONE, [ret()]),
    call('folios_put(fbatch)', folio_put, { folio: t => t.folio }),
    goto('next'),
  ],
)
