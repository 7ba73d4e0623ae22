import { insertAfter, on, patch, put } from 'foliocheck'
import { pmd_swp_mkuffd, pmd_swp_uffd } from '../../machine/page-table/entry.js'
import { pageTable } from '../../machine/page-table/state.js'
import { free_zone_device_folio } from '../../mm/folio_free/put.js'
import { change_huge_pmd_v6_19 } from '../../mm/huge_memory_pmd/change.js'
import { set_pmd_migration_entry } from '../../mm/huge_memory_pmd/migration.js'
import {
  madvise_cold_or_pageout_pte_range,
  madvise_free_huge_pmd,
  queue_folios_pmd,
} from '../../mm/madvise_walk/walkers.js'
import { page_vma_mapped_walk } from '../../mm/page_vma_mapped/walk.js'
import { try_to_migrate_one } from '../../mm/rmap/migrate-one.js'

/** Fixes of 2026 to what v6.19 has. */

const { step } = pageTable.words(change_huge_pmd_v6_19)

export const fixPvmwDevicePrivate = patch(
  'fix-device-private-pmd-handling',
  {
    subject: 'mm/page_vma_mapped: fix device-private PMD handling',
    date: '2026-06-30',
    messageId: '20260630021540.17297-1-richard.weiyang@gmail.com',
    commit: 'f84ca9b1888d',
    fixes: '65edfda6f3f2',
    status: 'v5, merged for v7.2',
    claims: ['dp-pvmw-unrevalidated-pmd'],
  },
  put(page_vma_mapped_walk),
)

export const useCorrectFlags = patch(
  'use-correct-flags-for-device-private-pmd',
  {
    subject: 'mm/huge_memory: use correct flags for device private PMD entry',
    date: '2026-06-01',
    messageId: '20260601083044.57132-1-ljs@kernel.org',
    fixes: '65edfda6f3f2',
    status: 'merged for v7.2',
    claims: ['dp-pmd-softdirty-read-as-write'],
  },
  put(set_pmd_migration_entry),
)

export const preserveUffdWp = patch(
  'preserve-uffd-wp-on-downgrade',
  {
    subject: 'mm/huge_memory: preserve pmd_swp_uffd_wp on device-private PMD downgrade',
    date: '2026-05-29',
    messageId: '20260529172331.356655-5-kas@kernel.org',
    fixes: '368076f52ebe',
    status: 'merged for v7.2',
    claims: ['dp-uffd-wp-lost-on-downgrade'],
  },
  on(
    change_huge_pmd_v6_19,
    insertAfter(
      'newpmd = swp_entry_to_pmd(readable device-private entry)',
      step('newpmd = pmd_swp_mkuffd_wp(newpmd)', (_s, t) => {
        if (pmd_swp_uffd(t.old)) pmd_swp_mkuffd(t.fresh)
      }),
    ),
  ),
)

export const skipDevicePrivateInMadviseFree = patch(
  'skip-device-private-pmds-in-madvise-free',
  {
    subject: 'mm/huge_memory: skip device-private PMDs in madvise_free_huge_pmd',
    date: '2026-07-08',
    messageId: '20260708122040.861335-4-usama.arif@linux.dev',
    fixes: '368076f52ebe',
    status: 'v2, merged for v7.2',
    claims: ['dp-madvise-free-pmd-toctou'],
  },
  put(madvise_free_huge_pmd),
)

/** The series of skipDevicePrivateInMadviseFree; its other two patches. */
const walks = {
  date: '2026-07-08',
  messageId: '20260708122040.861335-1-usama.arif@linux.dev',
  fixes: '368076f52ebe',
  claims: ['dp-mempolicy-madvise-walk-softleaf'],
}

export const skipNonPresentInMempolicy = patch(
  'mempolicy-skips-non-present-pmds',
  {
    ...walks,
    subject: 'mm/mempolicy: skip non-present PMDs when queueing folios',
    status: 'v2 of the series with that cover letter, merged for v7.2',
  },
  put(queue_folios_pmd),
)

export const skipDevicePrivateInMadviseWalks = patch(
  'madvise-walks-skip-device-private-pmds',
  {
    ...walks,
    subject: 'mm/madvise: skip device-private PMDs in cold and pageout walks',
    status: 'v2 of the series with that cover letter, merged for v7.2',
  },
  put(madvise_cold_or_pageout_pte_range),
)

export const decrementNrAnon = patch(
  'decrement-nr-anon-in-free-zone-device-folio',
  {
    subject: 'mm: decrement MTHP_STAT_NR_ANON in free_zone_device_folio()',
    date: '2026-07-01',
    commit: '4bd0c3515a04',
    status: 'merged for v7.2',
    claims: ['dp-mthp-anon-stat-drift'],
  },
  put(free_zone_device_folio),
)

export const restartAfterPmdSplit = patch(
  'restart-try-to-migrate-after-pmd-split',
  {
    subject: 'mm/huge_memory: fix early failure try_to_migrate() when split huge pmd for shared THP',
    date: '2026-03-05',
    messageId: '20260305015006.27343-1-richard.weiyang@gmail.com',
    fixes: '60fbb14396d5',
    status: 'merged for v7.1, Cc stable',
    claims: ['thp-try-to-migrate-stops-early'],
  },
  put(try_to_migrate_one),
)
