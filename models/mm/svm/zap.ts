import { bool, NONE } from 'foliocheck'
import { maps, pageAt, pte_lock, pte_unlock, set_pte } from '../../machine/svm/index.js'
import { Pfn, Va } from '../../machine/svm/sizes.js'
import { svm } from '../../machine/svm/state.js'
import { mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start } from './notifier.js'
import { folio_put } from './put.js'

/**
 * | kernel function  | steps                                  | abstracted, and why that is sound                          |
 * |------------------|----------------------------------------|------------------------------------------------------------|
 * | madvise_dontneed | notifier; zap; put; notifier           | One page. The put of a device page is under the lock of    |
 * |                  |                                        | the table, which keeps nobody out here.                    |
 * | mprotect         | notifier; the entry; notifier          | Read-only, one page; VM_WRITE comes back before any write. |
 */

/** MADV_DONTNEED of one page. */
export const madvise_dontneed = svm.operation(
  'madvise_dontneed',
  { source: 'mm/madvise.c', params: { va: Va }, locals: { page: Pfn, device: bool() } },
  ({ step, when, call }) => [
    call('mmu_notifier_invalidate_range_start(&range)', mmu_notifier_invalidate_range_start, { migrate: false }),
    step('zap_pte_range(tlb, vma, pmd, addr, next, details)', (s, t) => {
      const { kind, pfn } = s.ptes[t.va]
      if (kind === 'none') return
      if (maps(s, t.va, pfn)) t.page = pfn
      t.device = kind === 'device'
      if (t.device) pte_lock(s)
      pageAt(s, pfn)
      set_pte(s, t.va, 'none')
      s.ptes[t.va].want = 0
    }),
    when(
      t => t.device,
      [
        call('zap_nonpresent_ptes(): folio_put(folio)', folio_put, { page: t => t.page }),
        step('pte_unmap_unlock(start_pte, ptl)', s => {
          pte_unlock(s)
        }),
      ],
      [when(t => t.page !== NONE, [call('tlb_flush_mmu(tlb)', folio_put, { page: t => t.page })])],
    ),
    call('mmu_notifier_invalidate_range_end(&range)', mmu_notifier_invalidate_range_end, {}),
  ],
)

/** mprotect(PROT_READ) of one page. */
export const mprotect = svm.operation('mprotect', { source: 'mm/mprotect.c', params: { va: Va } }, ({ step, call }) => [
  call('mmu_notifier_invalidate_range_start(&range)', mmu_notifier_invalidate_range_start, { migrate: false }),
  step('change_pte_range(tlb, vma, pmd, addr, end, newprot, cp_flags)', (s, t) => {
    const { kind, pfn } = s.ptes[t.va]
    if (kind !== 'none') set_pte(s, t.va, kind, pfn, false)
  }),
  call('mmu_notifier_invalidate_range_end(&range)', mmu_notifier_invalidate_range_end, {}),
])
