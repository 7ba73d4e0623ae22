import { on, patch, put, replace } from 'foliocheck'
import { is_softleaf, pmd_pfn } from '../../machine/page-table/entry.js'
import { page_folio } from '../../machine/page-table/index.js'
import { pageTable } from '../../machine/page-table/state.js'
import { split_huge_pmd_locked_v6_14 } from '../../mm/huge_memory_pmd/split.js'
import { remove_device_exclusive_entry } from '../../mm/memory_fault/exclusive.js'
import { do_swap_page_v6_14, do_swap_page_v6_19 } from '../../mm/memory_fault/swap-page.js'
import { copy_pte_range } from '../../mm/memory_fork/copy-pte.js'
import { zap_pte_range } from '../../mm/memory_zap/zap-range.js'
import { devmem_migrate_to_ram_v1, devmem_migrate_to_ram_v6_14 } from '../../mm/migrate_folio/driver.js'
import { make_device_exclusive } from '../../mm/rmap/exclusive.js'
import { try_to_migrate_one_exclusive } from '../../mm/rmap/migrate-one.js'

/** Fixes to what came before large device-private folios. */

const { step } = pageTable.words(split_huge_pmd_locked_v6_14)

export const faultTakesReference = patch(
  'fix-race-when-faulting-a-device-private-page',
  {
    subject: 'mm/memory.c: fix race when faulting a device private page',
    date: '2022-09-28',
    commit: '16ce101db85d',
    fixes: '5042db43cc26',
    status: 'merged for v6.1, CVE-2022-3523',
    claims: ['dp-fault-page-unreferenced'],
  },
  put(do_swap_page_v6_14),
  put(devmem_migrate_to_ram_v6_14),
)

export const skipMigrationPmdOfOthers = patch(
  'do-not-dereference-migration-pmd-in-split',
  {
    subject: 'mm/huge_memory: fix dereferencing invalid pmd migration entry',
    date: '2025-04-21',
    commit: 'be6e843fc51a',
    fixes: '84c3fc4e9c56',
    status: 'merged for v6.15, Cc stable',
    claims: ['thp-split-derefs-migration-pmd'],
  },
  on(
    split_huge_pmd_locked_v6_14,
    replace(
      'if (folio && folio != pmd_folio(*pmd)) return',
      step('if (folio && (is_pmd_migration_entry(*pmd) || folio != pmd_folio(*pmd))) return', (s, t) => {
        const { pmd } = s.vmas[t.va]
        t.other = is_softleaf(pmd) || page_folio(s, pmd_pfn(pmd)) !== t.folio
      }),
    ),
  ),
)

export const rmapHandlesDeviceExclusive = patch(
  'rmap-handles-device-exclusive-entries',
  {
    subject: 'mm/rmap: handle device-exclusive entries correctly in try_to_migrate_one()',
    date: '2025-02-10',
    messageId: '20250210193801.781278-12-david@redhat.com',
    fixes: 'b756a3b5e7ea',
    status: 'v2, with the patch of the series that keeps the mapcount of such entries; merged for v6.15',
    claims: ['de-rmap-misreads-device-exclusive'],
  },
  put(try_to_migrate_one_exclusive),
  put(make_device_exclusive),
  put(remove_device_exclusive_entry),
  put(copy_pte_range),
  put(zap_pte_range),
)

export const trylockDevicePage = patch(
  'trylock-device-page-in-do_swap_page',
  {
    subject: 'mm/migrate: Trylock device page in do_swap_page',
    date: '2025-03-05',
    messageId: '20240911030337.870160-1-matthew.brost@intel.com',
    commit: '1afaeb8293c9',
    status: 'merged for v6.15; the Message-ID is that of its first version',
    claims: ['dp-fault-pileup-livelock'],
  },
  put(do_swap_page_v6_19),
  put(devmem_migrate_to_ram_v1),
)
