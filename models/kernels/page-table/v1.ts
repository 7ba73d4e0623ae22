import { kernel } from 'foliocheck'
import { copy_huge_pmd_v1 } from '../../mm/huge_memory_pmd/copy.js'
import { set_pmd_migration_entry_v6_19 } from '../../mm/huge_memory_pmd/migration.js'
import { split_huge_pmd_locked } from '../../mm/huge_memory_pmd/split.js'
import { zap_huge_pmd_v6_19 } from '../../mm/huge_memory_pmd/zap.js'
import { remove_device_exclusive_entry } from '../../mm/memory_fault/exclusive.js'
import { do_swap_page_v6_19 } from '../../mm/memory_fault/swap-page.js'
import { copy_pte_range } from '../../mm/memory_fork/copy-pte.js'
import { zap_pte_range } from '../../mm/memory_zap/zap-range.js'
import { devmem_migrate_to_ram_v1 } from '../../mm/migrate_folio/driver.js'
import { make_device_exclusive } from '../../mm/rmap/exclusive.js'
import { try_to_migrate_one_v1 } from '../../mm/rmap/migrate-one.js'
import { RFC } from './RFC.js'

/** The resend of July 2025. */
export const v1 = kernel(
  'v1',
  {
    date: '2025-07',
    about:
      '[v1 resend 00/12] THP support for zone device page migration, July 2025 (v1 was ' +
      '20250703233511.2028395-1-balbirs@nvidia.com): zap, clearing of the PMD and the gate of its split as ' +
      'merged later; change, split, fork and the removal of migration entries as in the RFC',
    base: RFC,
  },
  [
    zap_huge_pmd_v6_19,
    copy_huge_pmd_v1,
    split_huge_pmd_locked,
    set_pmd_migration_entry_v6_19,
    try_to_migrate_one_v1,
    do_swap_page_v6_19,
    remove_device_exclusive_entry,
    devmem_migrate_to_ram_v1,
    make_device_exclusive,
    copy_pte_range,
    zap_pte_range,
  ],
)
