import { on, patch, replace } from 'foliocheck'
import { pmd_is_device_private_entry } from 'foliocheck/models/machine/page-table/entry'
import { pageTable } from 'foliocheck/models/machine/page-table/state'
import { zap_huge_pmd } from 'foliocheck/models/mm/huge_memory_pmd/zap'

const { step } = pageTable.words(zap_huge_pmd)

export default patch(
  'zap-by-entry',
  { subject: 'mm/huge_memory: zap_huge_pmd: ask the entry, not the folio', date: '2026-11-21', status: 'mine' },
  on(
    zap_huge_pmd,
    replace(
      'is_device_private = folio_is_device_private(folio)',
      step('is_device_private = pmd_is_device_private_entry(orig_pmd)', (_s, t) => {
        t.device = pmd_is_device_private_entry(t.old)
      }),
    ),
  ),
)
