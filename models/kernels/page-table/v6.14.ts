import { kernel } from 'foliocheck'
import { __folio_put, folio_put, free_zone_device_folio_v6_19 } from '../../mm/folio_free/put.js'
import { gup_fast, gup_put_folio } from '../../mm/gup/gup-fast.js'
import { pin_user_pages_fast } from '../../mm/gup/pin-user-pages.js'
import { do_huge_pmd_anonymous_page } from '../../mm/huge_memory_pmd/anon-fault.js'
import { change_huge_pmd_v6_14 } from '../../mm/huge_memory_pmd/change.js'
import { copy_huge_pmd_v6_14 } from '../../mm/huge_memory_pmd/copy.js'
import { do_huge_pmd_device_private_RFC } from '../../mm/huge_memory_pmd/device-fault.js'
import { remove_migration_pmd, set_pmd_migration_entry_RFC } from '../../mm/huge_memory_pmd/migration.js'
import { move_huge_pmd } from '../../mm/huge_memory_pmd/move.js'
import {
  __split_huge_pmd,
  __split_huge_pmd_locked,
  split_huge_pmd_locked_v6_14,
} from '../../mm/huge_memory_pmd/split.js'
import { do_huge_pmd_numa_page, do_huge_pmd_wp_page, huge_pmd_set_accessed } from '../../mm/huge_memory_pmd/wp-fault.js'
import { zap_huge_pmd_v6_14 } from '../../mm/huge_memory_pmd/zap.js'
import {
  __folio_freeze_and_split_unmapped,
  __folio_split,
  folio_split_unmapped,
} from '../../mm/huge_memory_split/split-folio.js'
import {
  deferred_split_scan,
  migrate_vma_split_unmapped_folio,
  migrate_vma_to_small,
} from '../../mm/huge_memory_split/users.js'
import {
  madvise_cold_or_pageout_pte_range_v6_19,
  madvise_free_huge_pmd_v6_19,
  madvise_walk,
  queue_folios_pmd_v6_19,
} from '../../mm/madvise_walk/walkers.js'
import { remove_device_exclusive_entry_v6_14 } from '../../mm/memory_fault/exclusive.js'
import { __handle_mm_fault, user_access } from '../../mm/memory_fault/fault.js'
import { do_anonymous_page, handle_pte_fault } from '../../mm/memory_fault/pte.js'
import { do_swap_page_v6_14 } from '../../mm/memory_fault/swap-page.js'
import { do_wp_page } from '../../mm/memory_fault/wp-page.js'
import { copy_pte_range_v6_14 } from '../../mm/memory_fork/copy-pte.js'
import { copy_pmd_range, dup_mmap } from '../../mm/memory_fork/fork.js'
import { madvise_dontneed, munmap } from '../../mm/memory_zap/dontneed.js'
import { tlb_finish_mmu, tlb_gather_mmu, zap_pmd_range, zap_pte_range_v6_14 } from '../../mm/memory_zap/zap-range.js'
import { remove_migration_pte, remove_migration_ptes } from '../../mm/migrate_entries/remove.js'
import { migration_entry_wait, pmd_migration_entry_wait } from '../../mm/migrate_entries/wait.js'
import { migrate_vma_collect_huge_pmd } from '../../mm/migrate_folio/collect.js'
import { devmem_migrate_to_ram_v6_14 } from '../../mm/migrate_folio/driver.js'
import { migrate_device_pfns, migrate_folio, migrate_locked } from '../../mm/migrate_folio/migrate.js'
import { migrate_vma_to_device } from '../../mm/migrate_folio/vma.js'
import { migrate_vma_collect_pmd_v6_14 } from '../../mm/migrate_vma/collect-pmd.js'
import { __migrate_device_finalize, migrate_vma_page } from '../../mm/migrate_vma/finalize.js'
import { folio_add_lru, lru_add_drain } from '../../mm/migrate_vma/lru.js'
import { migrate_vma_collect, migrate_vma_range } from '../../mm/migrate_vma/range.js'
import { change_pmd_range, change_prot, change_pte_range, mprotect } from '../../mm/mprotect/mprotect.js'
import { move_page_tables, move_ptes, mremap } from '../../mm/mremap/mremap.js'
import { page_vma_mapped_walk } from '../../mm/page_vma_mapped/walk.js'
import { make_device_exclusive_v6_14 } from '../../mm/rmap/exclusive.js'
import { try_to_migrate, try_to_unmap_flush } from '../../mm/rmap/migrate.js'
import { try_to_migrate_one_v6_14 } from '../../mm/rmap/migrate-one.js'

/** Before large device-private folios. */
export const v6_14 = kernel(
  'v6.14',
  {
    date: '2025-03',
    about:
      'of the entries that are not present only migration entries exist at PMD level; folio splits name the folio that ' +
      'a PMD must map; device-exclusive entries have left the mapcounts',
  },
  [
    folio_put,
    __folio_put,
    free_zone_device_folio_v6_19,
    zap_huge_pmd_v6_14,
    change_huge_pmd_v6_14,
    copy_huge_pmd_v6_14,
    move_huge_pmd,
    __split_huge_pmd_locked,
    split_huge_pmd_locked_v6_14,
    __split_huge_pmd,
    set_pmd_migration_entry_RFC,
    remove_migration_pmd,
    do_huge_pmd_device_private_RFC,
    do_huge_pmd_wp_page,
    huge_pmd_set_accessed,
    do_huge_pmd_numa_page,
    do_huge_pmd_anonymous_page,
    __handle_mm_fault,
    user_access,
    handle_pte_fault,
    do_anonymous_page,
    do_swap_page_v6_14,
    remove_device_exclusive_entry_v6_14,
    do_wp_page,
    zap_pmd_range,
    zap_pte_range_v6_14,
    tlb_gather_mmu,
    tlb_finish_mmu,
    madvise_dontneed,
    munmap,
    dup_mmap,
    copy_pmd_range,
    copy_pte_range_v6_14,
    mprotect,
    change_prot,
    change_pmd_range,
    change_pte_range,
    mremap,
    move_page_tables,
    move_ptes,
    try_to_migrate,
    try_to_migrate_one_v6_14,
    try_to_unmap_flush,
    make_device_exclusive_v6_14,
    page_vma_mapped_walk,
    remove_migration_ptes,
    remove_migration_pte,
    pmd_migration_entry_wait,
    migration_entry_wait,
    migrate_locked,
    migrate_folio,
    migrate_device_pfns,
    migrate_vma_to_device,
    migrate_vma_collect_huge_pmd,
    devmem_migrate_to_ram_v6_14,
    migrate_vma_collect,
    migrate_vma_collect_pmd_v6_14,
    migrate_vma_range,
    migrate_vma_page,
    __migrate_device_finalize,
    folio_add_lru,
    lru_add_drain,
    __folio_split,
    folio_split_unmapped,
    __folio_freeze_and_split_unmapped,
    deferred_split_scan,
    migrate_vma_split_unmapped_folio,
    migrate_vma_to_small,
    madvise_walk,
    madvise_free_huge_pmd_v6_19,
    madvise_cold_or_pageout_pte_range_v6_19,
    queue_folios_pmd_v6_19,
    gup_fast,
    gup_put_folio,
    pin_user_pages_fast,
  ],
)
