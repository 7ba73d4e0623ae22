import { kernel } from 'foliocheck'
import { change_huge_pmd_v6_19 } from '../../mm/huge_memory_pmd/change.js'
import { copy_huge_pmd } from '../../mm/huge_memory_pmd/copy.js'
import { do_huge_pmd_device_private } from '../../mm/huge_memory_pmd/device-fault.js'
import { remove_migration_pmd } from '../../mm/huge_memory_pmd/migration.js'
import { __split_huge_pmd_locked } from '../../mm/huge_memory_pmd/split.js'
import { migrate_vma_split_unmapped_folio } from '../../mm/huge_memory_split/users.js'
import { migrate_vma_collect_huge_pmd_v6_19 } from '../../mm/migrate_folio/collect.js'
import { devmem_migrate_to_ram } from '../../mm/migrate_folio/driver.js'
import { migrate_vma_collect_pmd_v6_19 } from '../../mm/migrate_vma/collect-pmd.js'
import { migrate_vma_insert_huge_pmd_page_v6_19, migrate_vma_populate } from '../../mm/migrate_vma/insert-huge.js'
import { devmem_migrate_range_to_ram } from '../../mm/migrate_vma/range.js'
import { migrate_vma_split_folio_v6_19 } from '../../mm/migrate_vma/split-folio.js'
import { try_to_migrate_one_v6_19 } from '../../mm/rmap/migrate-one.js'
import { v1 } from './v1.js'

/** Large device-private folios arrive. */
export const v6_19 = kernel(
  'v6.19',
  {
    date: '2026-02',
    about:
      'as released, with the fixes of November and December 2025 to remove_migration_pmd; present accessors in ' +
      'set_pmd_migration_entry, an unchecked page_vma_mapped_walk, walkers that do not know device-private PMDs',
    base: v1,
  },
  [
    change_huge_pmd_v6_19,
    copy_huge_pmd,
    do_huge_pmd_device_private,
    devmem_migrate_to_ram,
    remove_migration_pmd,
    __split_huge_pmd_locked,
    try_to_migrate_one_v6_19,
    migrate_vma_split_unmapped_folio,
    migrate_vma_collect_huge_pmd_v6_19,
    migrate_vma_collect_pmd_v6_19,
    migrate_vma_split_folio_v6_19,
    migrate_vma_insert_huge_pmd_page_v6_19,
    migrate_vma_populate,
    devmem_migrate_range_to_ram,
  ],
)
