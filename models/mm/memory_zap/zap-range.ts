import { bool, int, NONE } from 'foliocheck'
import { Entry, type Kind } from '../../machine/page-table/entry.js'
import { EntryValue, kindOf, wordOf } from '../../machine/page-table/entry-value.js'
import {
  add_mm_counter,
  flush_tlb_batched_pending,
  flush_tlb_mm,
  flush_tlb_range,
  folio_remove_rmap_pte,
  is_softleaf,
  mmOf,
  page_folio,
  pmd_pfn,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  softleaf_to_pfn,
} from '../../machine/page-table/index.js'
import { FRAMES, Index, N, Pfn, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { folio_put } from '../folio_free/put.js'
import { __split_huge_pmd } from '../huge_memory_pmd/split.js'
import { CLEARED, Gather, NOT_HUGE, Zapped, zap_huge_pmd } from '../huge_memory_pmd/zap.js'

/**
 * | kernel function  | steps (A1–A5, tg1–tg4)                       | abstracted, and why that is sound                       |
 * |------------------|----------------------------------------------|---------------------------------------------------------|
 * | zap_pmd_range    | look; split, huge zap or PTEs                | One PMD. The look is final where it says none.          |
 * | zap_pte_range    | lock; per PTE: clear, rmap, put; unlock      | No swap, markers or poisoned entries; the empty table   |
 * |                  |                                              | stays until the VMA goes. The batch never fills up.     |
 * | tlb_flush_mmu    | flush; put page by page                      | The gather is a set of pages, and whether a present     |
 * |                  |                                              | entry was cleared: others ask for no flush.             |
 */

const pteSpec = {
  source: 'mm/memory.c',
  params: { va: Va, only: Index },
  locals: { gather: Gather, table: bool(), i: int(0, N), old: Entry, folio: Pfn, page: Pfn, soft: bool() },
  returns: Gather,
}
type PteWords = Words<typeof pteSpec.params, typeof pteSpec.locals, typeof pteSpec.returns>

/** `unmaps` says for which entries that are not present a mapping is removed; all that own one put its reference. */
function zapPtes(words: PteWords, unmaps: (kind: Kind) => boolean) {
  const { step, waitUntil, when, loop, local, call, ret } = words
  return [
    waitUntil(
      'start_pte = pte_offset_map_lock(mm, pmd, addr, &ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
        if (t.table) flush_tlb_batched_pending(s, t.va)
      },
    ),
    when(t => !t.table, [ret(() => 0)]),
    loop(
      t => t.i < N,
      [
        when(
          t => t.only === NONE || t.only === t.i,
          [
            step('ptent = ptep_get_and_clear_full(mm, addr, pte, tlb->fullmm)', (s, t) => {
              if (s.vmas[t.va].ptes[t.i].kind === 'none') return
              ptep_get_and_clear(s, t.va, t.i, t.old)
              t.soft = is_softleaf(t.old)
              if (!t.soft) t.gather |= CLEARED
              t.page = t.soft ? softleaf_to_pfn(t.old) : pmd_pfn(t.old)
              t.folio = page_folio(s, t.page)
              add_mm_counter(s, t.va, -1)
            }),
            when(
              t => t.page !== NONE && (!t.soft || unmaps(t.old.kind)),
              [
                step('folio_remove_rmap_pte(folio, page, vma)', (s, t) => {
                  folio_remove_rmap_pte(s, t.folio, t.page)
                  if (!t.soft) t.gather |= 1 << t.page
                }),
              ],
            ),
            when(
              t => t.page !== NONE && t.soft && t.old.kind !== 'migration',
              [call('folio_put(folio)', folio_put, { folio: t => t.folio })],
            ),
          ],
        ),
        local(t => {
          t.i++
          t.page = NONE
          t.folio = NONE
        }),
      ],
    ),
    step('pte_unmap_unlock(start_pte, ptl)', (s, t) => {
      pte_unmap_unlock(s, t.va)
    }),
    ret(t => t.gather),
  ]
}

/** Zaps the PTEs of the VMA, or the one at `only`; returns the pages gathered. */
export const zap_pte_range = pageTable.operation('zap_pte_range', pteSpec, words =>
  zapPtes(words, kind => kind === 'device' || kind === 'exclusive'),
)

/** Until v6.14 a device-exclusive entry had no mapping to remove. */
export const zap_pte_range_v6_14 = pageTable.operation('zap_pte_range', pteSpec, words =>
  zapPtes(words, kind => kind === 'device'),
)

/** Zaps the VMA, or page `only` of it; returns the pages gathered. */
export const zap_pmd_range = pageTable.operation(
  'zap_pmd_range',
  {
    source: 'mm/memory.c',
    params: { va: Va, only: Index },
    locals: { pmd: EntryValue, zapped: Zapped, gather: Gather },
    returns: Gather,
  },
  ({ step, when, call, ret, local }) => [
    step('if (pmd_is_huge(*pmd))', (s, t) => {
      t.pmd = wordOf(s.vmas[t.va].pmd)
    }),
    when(t => kindOf(t.pmd) === 'none', [ret(() => 0)]),
    when(
      t => kindOf(t.pmd) !== 'table',
      [
        when(
          t => t.only !== NONE,
          [
            call('__split_huge_pmd(vma, pmd, addr, false)', __split_huge_pmd, {
              va: t => t.va,
              freeze: false,
              folio: NONE,
            }),
          ],
          [
            call('zap_huge_pmd(tlb, vma, pmd, addr)', zap_huge_pmd, { va: t => t.va }, (t, zapped) => {
              t.zapped = zapped
            }),
            when(
              t => t.zapped !== NOT_HUGE,
              [
                local(t => {
                  t.gather = t.zapped
                }),
                ret(t => t.gather),
              ],
            ),
          ],
        ),
      ],
    ),
    call(
      'zap_pte_range(tlb, vma, pmd, addr, next, details)',
      zap_pte_range,
      { va: t => t.va, only: t => t.only },
      (t, gather) => {
        t.gather = gather
      },
    ),
    ret(t => t.gather),
  ],
)

/** tlb_gather_mmu. */
export const tlb_gather_mmu = pageTable.operation(
  'tlb_gather_mmu',
  { source: 'mm/mmu_gather.c', params: { va: Va } },
  ({ step }) => [
    step('inc_tlb_flush_pending(tlb->mm)', (s, t) => {
      s.mms[mmOf(t.va)].gathers++
    }),
  ],
)

/** tlb_finish_mmu: flushes (the whole address space when another gather is under way), then lets the pages go. */
export const tlb_finish_mmu = pageTable.operation(
  'tlb_finish_mmu',
  {
    source: 'mm/mmu_gather.c',
    params: { va: Va, gather: Gather, flush: bool() },
    locals: { p: int(0, FRAMES), folio: Pfn },
  },
  ({ step, when, loop, local, call }) => [
    step('tlb_flush_mmu_tlbonly(tlb)', (s, t) => {
      const mm = mmOf(t.va)
      if (s.mms[mm].gathers > 1) flush_tlb_mm(s, mm)
      else if (t.flush) flush_tlb_range(s, t.va)
    }),
    loop(
      t => (t.gather & ~CLEARED) >> t.p !== 0,
      [
        when(
          t => ((t.gather >> t.p) & 1) === 1,
          [
            step('free_pages_and_swap_cache(encoded_page, nr)', (s, t) => {
              t.folio = page_folio(s, t.p)
            }),
            call('folio_put_refs(folio, refs)', folio_put, { folio: t => t.folio }),
          ],
        ),
        local(t => {
          t.p++
        }),
      ],
    ),
    step('dec_tlb_flush_pending(tlb->mm)', (s, t) => {
      s.mms[mmOf(t.va)].gathers--
    }),
  ],
)
