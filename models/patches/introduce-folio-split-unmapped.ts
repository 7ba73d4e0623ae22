import { patch, put } from 'foliocheck'
import { __folio_freeze_and_split_unmapped, folio_split_unmapped } from '../mm/huge_memory.js'

/** Splits only what it could freeze, and says -EAGAIN otherwise. */
export const introduceFolioSplitUnmapped = patch(
  'introduce-folio-split-unmapped',
  {
    subject: 'mm/huge_memory.c: introduce folio_split_unmapped',
    date: '2025-11-14',
    messageId: '20251114012228.2634882-1-balbirs@nvidia.com',
    status: 'merged for v6.19-rc1',
    claims: ['dp-split-unmapped-extra-pin'],
  },
  put(folio_split_unmapped),
  put(__folio_freeze_and_split_unmapped),
)
