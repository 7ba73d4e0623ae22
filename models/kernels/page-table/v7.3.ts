import { kernel } from 'foliocheck'
import { free_zone_device_folio } from '../../mm/folio_free/put.js'
import { change_huge_pmd } from '../../mm/huge_memory_pmd/change.js'
import { set_pmd_migration_entry } from '../../mm/huge_memory_pmd/migration.js'
import { zap_huge_pmd } from '../../mm/huge_memory_pmd/zap.js'
import {
  madvise_cold_or_pageout_pte_range,
  madvise_free_huge_pmd,
  queue_folios_pmd,
} from '../../mm/madvise_walk/walkers.js'
import { do_swap_page } from '../../mm/memory_fault/swap-page.js'
import { migrate_vma_collect_huge_pmd } from '../../mm/migrate_folio/collect.js'
import { migrate_vma_collect_pmd } from '../../mm/migrate_vma/collect-pmd.js'
import { migrate_vma_insert_huge_pmd_page } from '../../mm/migrate_vma/insert-huge.js'
import { migrate_vma_split_folio } from '../../mm/migrate_vma/split-folio.js'
import { page_vma_mapped_walk } from '../../mm/page_vma_mapped/walk.js'
import { try_to_migrate_one } from '../../mm/rmap/migrate-one.js'
import { v6_19 } from './v6.19.js'

/** The newest kernel. */
export const v7_3 = kernel(
  'v7.3',
  {
    date: '2026-11',
    about:
      'as read at 7.3-rc5 and, for the PMD operations and migrate_device.c, again in 7.3.4: with the fixes of 2026 to ' +
      'everything that v6.19 had wrong about device-private PMDs',
    base: v6_19,
  },
  [
    zap_huge_pmd,
    change_huge_pmd,
    set_pmd_migration_entry,
    page_vma_mapped_walk,
    try_to_migrate_one,
    do_swap_page,
    free_zone_device_folio,
    madvise_free_huge_pmd,
    madvise_cold_or_pageout_pte_range,
    queue_folios_pmd,
    migrate_vma_collect_huge_pmd,
    migrate_vma_collect_pmd,
    migrate_vma_split_folio,
    migrate_vma_insert_huge_pmd_page,
  ],
)
