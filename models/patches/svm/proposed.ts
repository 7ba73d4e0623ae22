import { patch, put } from 'foliocheck'
import { svm_migrate_to_ram_tries } from '../../drivers/svm/amdkfd.js'
import { dmirror_interval_invalidate_sets_seq } from '../../drivers/svm/test_hmm.js'
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

export const cpuFaultTriesLocks = patch(
  'svm-migrate-to-ram-tries-locks',
  {
    subject: 'drm/amdkfd: svm_migrate_to_ram: do not wait for mutexes under the folio lock',
    date: '2026-11-21',
    status: 'a proposal, not posted',
    claims: ['drv-amdkfd-folio-lock-inversion'],
  },
  put(svm_migrate_to_ram_tries),
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
