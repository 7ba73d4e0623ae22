import { patch, put } from 'foliocheck'
import { change_huge_pmd_v6_19 } from '../../mm/huge_memory_pmd/change.js'
import { remove_migration_pmd } from '../../mm/huge_memory_pmd/migration.js'
import { __split_huge_pmd_locked } from '../../mm/huge_memory_pmd/split.js'
import { zap_huge_pmd_v6_19 } from '../../mm/huge_memory_pmd/zap.js'
import { migrate_vma_split_unmapped_folio } from '../../mm/huge_memory_split/users.js'

/** What the reviews of the series asked for, point by point, in the form that was merged. */

const review = {
  date: '2025-07-08',
  messageId: '20250306044239.3874247-4-balbirs@nvidia.com',
  status: 'asked for in the review of the mail with that Message-ID, RFC 03/11; in the series before v7',
}

export const downgradeBeforeEncoding = patch(
  'change-huge-pmd-downgrade-before-encoding',
  {
    ...review,
    subject: 'mm/huge_memory: change_huge_pmd: make the device-private entry readable, then encode it',
    claims: ['dp-change-pmd-downgrade-lost'],
  },
  put(change_huge_pmd_v6_19),
)

export const splitByKind = patch(
  'split-huge-pmd-by-kind',
  {
    ...review,
    subject: 'mm/huge_memory: __split_huge_pmd_locked: device-private PMDs have a branch of their own',
    claims: ['dp-split-pmd-becomes-device-exclusive'],
  },
  put(__split_huge_pmd_locked),
)

export const zapTestsSavedEntry = patch(
  'zap-huge-pmd-tests-saved-entry',
  {
    ...review,
    subject: 'mm/huge_memory: zap_huge_pmd: test the entry that was taken out, not what is left of the PMD',
    claims: ['dp-zap-pmd-ordering'],
  },
  put(zap_huge_pmd_v6_19),
)

export const removeMigrationPmdOrder = patch(
  'remove-migration-pmd-order',
  {
    subject:
      'mm/huge_memory: remove_migration_pmd: read everything from the migration entry before the new one is built',
    date: '2025-12-04',
    fixes: '65edfda6f3f2',
    status: 'two fixes of November and December 2025, merged before v6.19',
    claims: ['dp-remove-migration-pmd-entry-clobbered'],
  },
  put(remove_migration_pmd),
)

export const introduceFolioSplitUnmapped = patch(
  'introduce-folio-split-unmapped',
  {
    subject: 'mm/huge_memory.c: introduce folio_split_unmapped',
    date: '2025-11-14',
    messageId: '20251114012228.2634882-1-balbirs@nvidia.com',
    status: 'merged for v6.19-rc1',
    claims: ['dp-isolated-split-result-ignored'],
  },
  put(migrate_vma_split_unmapped_folio),
)
