import { on, patch, remove } from 'foliocheck'
import { __folio_freeze_and_split_unmapped } from '../mm/huge_memory.js'

/** What the review of v1 asked for: a split leaves the number of pages as it is, and so their references. */
export const splitConservesPgmapReferences = patch(
  'split-conserves-pgmap-references',
  {
    subject: '[v2 02/11] mm/thp: zone_device awareness in THP handling code (its hunk in __split_unmapped_folio)',
    date: '2025-07-30',
    messageId: '20250730092139.3890844-3-balbirs@nvidia.com',
    status: 'part of v2 of the series, applies on split-takes-pgmap-references',
    claims: ['zd-split-pgmap-ref-drift'],
  },
  on(
    __folio_freeze_and_split_unmapped,
    remove('percpu_ref_get_many(&new_folio->pgmap->ref, (1 << new_order) - 1)'),
    remove('percpu_ref_get_many(&folio->pgmap->ref, (1 << new_order) - 1)'),
  ),
)
