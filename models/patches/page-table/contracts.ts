import { insertAfter, on, patch, remove } from 'foliocheck'
import { pageAt } from '../../machine/page-table/index.js'
import { pageTable } from '../../machine/page-table/state.js'
import { gup_fast } from '../../mm/gup/gup-fast.js'
import { migrate_vma_split_unmapped_folio } from '../../mm/huge_memory_split/users.js'

/** Mutations: what a contract that the kernel only documents would look like when it is broken. */

export const noGetBeforeFrozenSplit = patch(
  'mutant-no-get-before-frozen-split',
  {
    subject: 'mutant: migrate_vma_split_unmapped_folio without the folio_get that the frozen PMD split drops',
    date: '2026-03-02',
    commit: '5a14198ec63c',
    status:
      'a mutant: the contract that "mm/migrate_device: document folio_get requirement before frozen PMD split" states',
  },
  on(migrate_vma_split_unmapped_folio, remove('folio_get(folio)')),
)

export const gupFastWithoutBarrier = patch(
  'gup-fast-without-smp-mb',
  {
    subject: 'taken back: mm: fix PageAnonExclusive clearing racing with concurrent RCU GUP-fast',
    date: '2022-09-01',
    commit: '088b8aa537c2',
    status: 'merged in v6.1; here without its barrier between the pin count and the second look at the entry',
  },
  on(gup_fast, remove('smp_mb__after_atomic()')),
)

const fast = pageTable.words(gup_fast)

export const pinAfterSecondLook = patch(
  'mutant-gup-fast-without-barrier',
  {
    subject:
      'mutant: the pin count is seen after the second look at the entry, as it may be without a barrier between them',
    date: '2022-09-01',
    commit: '088b8aa537c2',
    status:
      'a mutant: the order that "mm: fix PageAnonExclusive clearing racing with concurrent RCU GUP-fast" makes sure of',
  },
  on(
    gup_fast,
    remove('atomic_add(refs, &folio->_pincount)'),
    insertAfter(
      'if (unlikely(pmd_val(pmd) != pmd_val(*pmdp)) || unlikely(pte_val(pte) != pte_val(ptep_get(ptep))))',
      fast.step('atomic_add(refs, &folio->_pincount), seen late', (s, t) => {
        if (!t.counted) pageAt(s, t.folio).pins++
        t.counted = true
      }),
    ),
  ),
)
