import { insertBefore, on, patch, put } from 'foliocheck'
import { drm_pagemap_migrate_to_devmem } from '../../drivers/svm/devmem.js'
import { dmirror_interval_invalidate_sets_seq } from '../../drivers/svm/test_hmm.js'
import { svm } from '../../machine/svm/state.js'
import { do_huge_pmd_device_private_sleeps } from '../../mm/svm/fault.js'

/** What nobody has posted yet. */

export const pmdFaultSleeps = patch(
  'pmd-fault-sleeps-for-locked-device-folio',
  {
    subject: 'mm/huge_memory: do_huge_pmd_device_private: sleep for the folio lock, as do_swap_page does',
    date: '2026-11-20',
    status: 'a proposal, not posted',
  },
  put(do_huge_pmd_device_private_sleeps),
)

export const ownMigrationSetsSequence = patch(
  'test-hmm-sets-sequence-for-own-migration',
  {
    subject: 'lib/test_hmm: set the sequence of the interval notifier for own migrations too',
    date: '2026-11-20',
    status: 'a proposal, not posted',
  },
  put(dmirror_interval_invalidate_sets_seq),
)

const { step } = svm.words(drm_pagemap_migrate_to_devmem)

export const zeroBarePfns = patch(
  'zero-bare-pfns-on-error',
  {
    subject: 'drm/pagemap: on error, zero what populate_devmem_pfn() stored and nobody made a migrate pfn',
    date: '2026-11-20',
    fixes: '3902846af36b',
    status: 'a proposal, not posted',
  },
  on(
    drm_pagemap_migrate_to_devmem,
    insertBefore(
      'newpage = migrate_pfn_to_page(dst_pfns[i])',
      step('migrate.dst[i] = 0, where it is a bare pfn', (s, t) => {
        if (s.dst[t.i].kind === 'pfn') s.dst[t.i].kind = 'zero'
      }),
    ),
  ),
)
