import { insertAfter, insertBefore, on, patch, put, replace } from 'foliocheck'
import { flush_tlb_range, folio_trylock, page_folio } from '../../machine/page-table/index.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../../mm/folio_free/put.js'
import {
  migrate_vma_collect_pmd,
  migrate_vma_collect_pmd_dirtying,
  migrate_vma_collect_pmd_flushing,
  migrate_vma_collect_pmd_series,
  migrate_vma_collect_pmd_v6_19,
} from '../../mm/migrate_vma/collect-pmd.js'
import { __migrate_device_finalize } from '../../mm/migrate_vma/finalize.js'
import {
  migrate_vma_insert_huge_pmd_page,
  migrate_vma_insert_huge_pmd_page_unlocking,
} from '../../mm/migrate_vma/insert-huge.js'
import { migrate_vma_split_folio, migrate_vma_split_folio_locked_at } from '../../mm/migrate_vma/split-folio.js'

/** Fixes to mm/migrate_device.c, and what is proposed for it. */

export const flushUnderPtl = patch(
  'flush-tlb-while-holding-ptl',
  {
    subject: 'mm/migrate_device.c: flush TLB while holding PTL',
    date: '2022-09-02',
    messageId: '9f801e9d8d830408f2ca27821f606e09aa856899.1662078528.git-series.apopple@nvidia.com',
    commit: '60bae7370896',
    fixes: '8c3328f1f36a',
    status: 'merged for v6.0, Cc stable',
    claims: ['dp-tlb-flush-after-ptl'],
  },
  put(migrate_vma_collect_pmd_flushing),
)

export const copyPteDirty = patch(
  'copy-pte-dirty-bit-to-page',
  {
    subject: 'mm/migrate_device.c: copy pte dirty bit to page',
    date: '2022-09-02',
    commit: 'fd35ca3d12cc',
    fixes: '8c3328f1f36a',
    status: 'merged for v6.0, Cc stable',
    claims: ['dp-dirty-bit-lost'],
  },
  put(migrate_vma_collect_pmd_dirtying),
)

export const noDyingFolioOnLru = patch(
  'do-not-add-dying-folio-to-lru',
  {
    subject: "mm/migrate_device: don't add folio to be freed to LRU in migrate_device_finalize()",
    date: '2025-02-10',
    commit: '41cddf83d8b0',
    status: 'merged for v6.14, Cc stable, CVE-2025-21861',
    claims: ['dp-finalize-lru-add-of-dying-folio'],
  },
  put(__migrate_device_finalize),
)

export const partiallyMapped = patch(
  'partially-mapped-folios-before-fixup',
  {
    subject: 'mm/migrate_device: handle partially mapped folios during collection',
    date: '2025-09-16',
    messageId: '20250916122128.2098535-6-balbirs@nvidia.com',
    status: 'v6 of the series for v6.19; changed before the merge',
  },
  put(migrate_vma_collect_pmd_series),
)

export const resumeWhereSplit = patch(
  'fixup-partially-mapped-folios',
  {
    subject: 'fixup: mm/migrate_device: handle partially mapped folios during collection',
    date: '2025-11-20',
    messageId: '20251120230825.181072-1-matthew.brost@intel.com',
    status: 'v2, squashed into the patch that it fixes, for v6.19',
    claims: ['dp-collect-restart-orphans-migration-entries'],
  },
  put(migrate_vma_collect_pmd_v6_19),
)

export const pinBeforeSplit = patch(
  'pin-large-folios-before-splitting',
  {
    subject: 'mm/migrate_device: pin large folios before splitting',
    date: '2026-07-10',
    commit: '6908d4323d81',
    status: 'merged for v7.3, where it was read; not in 7.2.13',
    claims: ['dp-collect-split-unreferenced'],
  },
  put(migrate_vma_collect_pmd),
  put(migrate_vma_split_folio),
)

export const unlockUnstable = patch(
  'insert-huge-unlocks-when-unstable',
  {
    subject: 'mm/migrate_device: fix spinlock leak in migrate_vma_insert_huge_pmd_page',
    date: '2026-04-25',
    messageId: '20260425133537.17463-1-nueralspacetech@gmail.com',
    commit: '63451de16e0a',
    fixes: 'a30b48bf1b24',
    status: 'merged for v7.1, in stable 7.0.y since May 2026',
    claims: ['dp-insert-huge-spinlock-leak'],
  },
  put(migrate_vma_insert_huge_pmd_page_unlocking),
)

export const freeTableOnAbort = patch(
  'insert-huge-frees-table-on-abort',
  {
    subject: 'mm/migrate_device: fix pgtable leak in migrate_vma_insert_huge_pmd_page',
    date: '2026-04-25',
    commit: '8bc5d3c2725d',
    fixes: 'a30b48bf1b24',
    status: 'a later version than 20260425134453.23769-1-nueralspacetech@gmail.com, in the mm trees of 2026',
    claims: ['dp-insert-huge-pgtable-leak'],
  },
  put(migrate_vma_insert_huge_pmd_page),
)

const proposed = { date: '2026-11-21', status: 'a proposal of this project, not posted' }
const collect = pageTable.words(migrate_vma_collect_pmd)

export const flushBeforeSplit = patch(
  'collect-flushes-before-split',
  {
    ...proposed,
    subject: 'mm/migrate_device: flush TLB before the PTL is dropped to split a large folio',
    claims: ['dp-collect-split-before-flush'],
  },
  on(
    migrate_vma_collect_pmd,
    insertBefore(
      'pte_unmap_unlock(ptep, ptl)',
      collect.step('if (unmapped) flush_tlb_range(walk->vma, start, end)', (s, t) => {
        if (t.unmapped) flush_tlb_range(s, t.va)
      }),
    ),
  ),
)

export const faultFolioAfterSplit = patch(
  'collect-looks-up-fault-folio-after-split',
  {
    ...proposed,
    subject: 'mm/migrate_device: after a split the fault holds the lock of another folio',
    claims: ['dp-collect-stale-fault-folio'],
  },
  on(
    migrate_vma_collect_pmd,
    insertAfter(
      'ret = migrate_vma_split_folio(folio, migrate->fault_page)',
      collect.step('fault_folio = fault_page ? page_folio(fault_page) : NULL', (s, t) => {
        if (t.fault >= 0) t.faultFolio = page_folio(s, t.fault)
      }),
    ),
  ),
)

export const splitLockedAtFault = patch(
  'split-keeps-fault-page-locked',
  {
    ...proposed,
    subject: 'mm/migrate_device: split the fault folio so that the piece of the fault page stays locked and referenced',
    claims: ['dp-split-fault-piece-unpinned'],
  },
  put(migrate_vma_split_folio_locked_at),
)

const split = pageTable.words(migrate_vma_split_folio)

/** As the rest of the collection does it: what is busy is left where it is. */
export const triesFolioLockToSplit = patch(
  'collect-tries-folio-lock-to-split',
  {
    ...proposed,
    subject: 'mm/migrate_device: migrate_vma_split_folio: do not wait for a folio lock under those of others',
    claims: ['dp-collect-waits-under-folio-locks'],
  },
  on(
    migrate_vma_split_folio,
    replace(
      'folio_lock(folio)',
      split.step('folio_trylock(folio)', (s, t) => {
        t.ok = folio_trylock(s, t.folio)
      }),
      split.when(
        t => !t.ok,
        [split.call('folio_put(folio), busy', folio_put, { folio: t => t.folio }), split.ret(() => false)],
      ),
    ),
  ),
)
