import { kernel } from 'foliocheck'
import {
  svm_migrate_page_free_v5_16,
  svm_migrate_ram_to_vram,
  svm_migrate_to_ram_v5_15,
  svm_range_bo_release,
  svm_range_cpu_invalidate_pagetables,
  svm_range_restore_pages,
  svm_range_validate_and_map_v5_15,
} from '../../drivers/svm/amdkfd.js'
import {
  nouveau_dmem_fini_v6_0,
  nouveau_dmem_migrate_to_ram,
  nouveau_dmem_page_free,
  nouveau_range_fault,
  nouveau_svm_range_invalidate,
} from '../../drivers/svm/nouveau.js'
import {
  dmirror_devmem_fault,
  dmirror_devmem_free,
  dmirror_interval_invalidate,
  dmirror_range_fault,
} from '../../drivers/svm/test_hmm.js'
import { migrate_locked_to_ram, migrate_page_to_ram, migrate_vma_to_ram } from '../../drivers/svm/to_ram.js'
import { gpu_access, user_access_v6_14 } from '../../mm/svm/access.js'
import {
  do_huge_pmd_device_private,
  do_swap_page_v6_14,
  handle_mm_fault,
  migration_entry_wait,
} from '../../mm/svm/fault.js'
import { hmm_range_fault } from '../../mm/svm/hmm.js'
import { memunmap_pages_v6_0 } from '../../mm/svm/memunmap.js'
import {
  lru_add_drain_all,
  migrate_vma_finalize_v6_14,
  migrate_vma_pages,
  migrate_vma_setup_v6_14,
  try_to_migrate,
} from '../../mm/svm/migrate.js'
import {
  mmu_interval_read_begin,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../mm/svm/notifier.js'
import { folio_put, free_zone_device_folio_v6_0, zone_device_page_init_v6_0 } from '../../mm/svm/put.js'
import { madvise_dontneed, mprotect } from '../../mm/svm/zap.js'

/** amdkfd’s first SVM; nouveau’s. Scenarios with PMDs of device memory are for later kernels. */
export const v5_15 = kernel(
  'v5.15',
  {
    date: '2021-10',
    about:
      'amdkfd takes its locks in a CPU fault whoever faults, and releases its BO wherever a page is freed; nouveau evicts nothing when it goes',
  },
  [
    mmu_notifier_invalidate_range_start,
    mmu_notifier_invalidate_range_end,
    mmu_interval_read_begin,
    hmm_range_fault,
    handle_mm_fault,
    do_swap_page_v6_14,
    do_huge_pmd_device_private,
    migration_entry_wait,
    user_access_v6_14,
    gpu_access,
    madvise_dontneed,
    mprotect,
    folio_put,
    free_zone_device_folio_v6_0,
    zone_device_page_init_v6_0,
    memunmap_pages_v6_0,
    migrate_vma_setup_v6_14,
    migrate_vma_pages,
    migrate_vma_finalize_v6_14,
    try_to_migrate,
    lru_add_drain_all,
    migrate_vma_to_ram,
    migrate_page_to_ram,
    migrate_locked_to_ram,
    svm_range_restore_pages,
    svm_range_validate_and_map_v5_15,
    svm_migrate_ram_to_vram,
    svm_migrate_to_ram_v5_15,
    svm_migrate_page_free_v5_16,
    svm_range_bo_release,
    svm_range_cpu_invalidate_pagetables,
    dmirror_range_fault,
    dmirror_interval_invalidate,
    dmirror_devmem_fault,
    dmirror_devmem_free,
    nouveau_dmem_migrate_to_ram,
    nouveau_dmem_page_free,
    nouveau_dmem_fini_v6_0,
    nouveau_range_fault,
    nouveau_svm_range_invalidate,
  ],
)
