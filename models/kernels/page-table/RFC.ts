import { kernel } from 'foliocheck'
import { change_huge_pmd_RFC } from '../../mm/huge_memory_pmd/change.js'
import { remove_migration_pmd_RFC } from '../../mm/huge_memory_pmd/migration.js'
import { __split_huge_pmd_locked_RFC, split_huge_pmd_locked_RFC } from '../../mm/huge_memory_pmd/split.js'
import { zap_huge_pmd_RFC } from '../../mm/huge_memory_pmd/zap.js'
import { migrate_vma_split_pages } from '../../mm/huge_memory_split/users.js'
import { page_vma_mapped_walk_v6_19 } from '../../mm/page_vma_mapped/walk.js'
import { try_to_migrate_one_RFC } from '../../mm/rmap/migrate-one.js'
import { v6_14 } from './v6.14.js'

/** RFC of 6 March 2025, patch 03/11 first of all. */
export const RFC = kernel(
  'RFC',
  {
    date: '2025-03',
    about:
      '[RFC 00/11] THP support for zone device pages, 20250306044239.3874247-1-balbirs@nvidia.com, on v6.14: the PMD ' +
      'operations in their first form',
    base: v6_14,
  },
  [
    zap_huge_pmd_RFC,
    change_huge_pmd_RFC,
    __split_huge_pmd_locked_RFC,
    split_huge_pmd_locked_RFC,
    remove_migration_pmd_RFC,
    page_vma_mapped_walk_v6_19,
    try_to_migrate_one_RFC,
    migrate_vma_split_pages,
  ],
)
