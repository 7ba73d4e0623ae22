import { patch, put } from 'foliocheck'
import { migrate_vma_to_small_pages } from '../mm/migrate_device/split.js'

/** A folio that could not be split goes back to where it was, as a whole. */
export const splitResultIsChecked = patch(
  'split-result-is-checked',
  {
    subject: '[v2 07/11] mm/thp: add split during migration support (its migrate_vma_split_pages)',
    date: '2025-07-30',
    messageId: '20250730092139.3890844-8-balbirs@nvidia.com',
    status: 'part of v2 of the series, merged for v6.19-rc1; applies on migrate-vma-split-pages',
  },
  put(migrate_vma_to_small_pages),
)
