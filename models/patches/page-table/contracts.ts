import { on, patch, remove } from 'foliocheck'
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
