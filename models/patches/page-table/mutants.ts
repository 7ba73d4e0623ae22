import { insertAfter, insertBefore, on, patch, put, remove, replace } from 'foliocheck'
import { flush_tlb_range, folio_get, pageAt } from '../../machine/page-table/index.js'
import { pageTable } from '../../machine/page-table/state.js'
import { folio_put } from '../../mm/folio_free/put.js'
import { change_huge_pmd_RFC, change_huge_pmd_v6_19 } from '../../mm/huge_memory_pmd/change.js'
import { do_huge_pmd_device_private } from '../../mm/huge_memory_pmd/device-fault.js'
import { remove_migration_pmd_RFC, set_pmd_migration_entry_v6_19 } from '../../mm/huge_memory_pmd/migration.js'
import { __split_huge_pmd_locked, __split_huge_pmd_locked_RFC } from '../../mm/huge_memory_pmd/split.js'
import { zap_huge_pmd, zap_huge_pmd_RFC } from '../../mm/huge_memory_pmd/zap.js'
import { migrate_vma_split_unmapped_folio } from '../../mm/huge_memory_split/users.js'
import { do_swap_page_v6_0 } from '../../mm/memory_fault/swap-page.js'
import { migrate_vma_collect_huge_pmd_waiting } from '../../mm/migrate_folio/collect.js'
import { migrate_vma_collect_pmd } from '../../mm/migrate_vma/collect-pmd.js'
import { migrate_vma_insert_huge_pmd_page } from '../../mm/migrate_vma/insert-huge.js'
import { migrate_vma_split_folio, migrate_vma_split_folio_locked_head } from '../../mm/migrate_vma/split-folio.js'
import { page_vma_mapped_walk_v6_19 } from '../../mm/page_vma_mapped/walk.js'

/** One decision of the newest kernel turned round, each: bugs that it had, and bugs that it might have had. */

const mutant = { date: '2026-11-21', status: 'a mutant' }

/* collect.* */

const collect = pageTable.words(migrate_vma_collect_pmd)
const split = pageTable.words(migrate_vma_split_folio)

export const collectRestarts = patch(
  'mutant-collect-restarts-at-range-start',
  { ...mutant, subject: 'mutant: after a split the walk over the PTEs begins again at the start, src[] does not' },
  on(
    migrate_vma_collect_pmd,
    insertAfter(
      'ret = migrate_vma_split_folio(folio, migrate->fault_page)',
      collect.step('addr = start', (_s, t) => {
        t.i = 0
      }),
    ),
  ),
)

export const collectFlushesLate = patch(
  'mutant-collect-flushes-after-unlock',
  { ...mutant, subject: 'mutant: translations of collected pages are flushed when the table is unlocked already' },
  on(
    migrate_vma_collect_pmd,
    remove('flush_tlb_range(walk->vma, start, end)'),
    insertAfter(
      'pte_unmap_unlock(ptep - 1, ptl)',
      collect.step('flush_tlb_range(walk->vma, start, end), late', (s, t) => {
        if (t.unmapped) flush_tlb_range(s, t.va)
      }),
    ),
  ),
)

export const collectForgetsDirty = patch(
  'mutant-collect-forgets-dirty-bit',
  { ...mutant, subject: 'mutant: the dirty bit of a collected PTE does not reach the folio' },
  on(migrate_vma_collect_pmd, remove('folio_mark_dirty(folio)')),
)

export const collectReadsDirtyEarly = patch(
  'mutant-collect-reads-dirty-bit-early',
  { ...mutant, subject: 'mutant: the dirty bit is that of the PTE as it was read, not as the clear returned it' },
  on(
    migrate_vma_collect_pmd,
    replace(
      'folio_mark_dirty(folio)',
      collect.step('if (pte_dirty(the PTE as read)) folio_mark_dirty(folio)', (s, t) => {
        t.old.dirty = t.dirty
        if (t.dirty) pageAt(s, t.folio).dirty = true
      }),
    ),
  ),
)

export const collectLeavesHeadLocked = patch(
  'mutant-split-leaves-head-locked',
  {
    ...mutant,
    subject: 'mutant: after the split of the fault’s folio its head stays locked, not the piece of the fault’s page',
    messageId: '20251120170515.46504-1-matthew.brost@intel.com',
    status: 'a mutant: what the review of the fixup with that Message-ID was about',
  },
  put(migrate_vma_split_folio_locked_head),
)

export const collectPinsLate = patch(
  'mutant-collect-pins-after-unlock',
  { ...mutant, subject: 'mutant: a large folio is referenced when the table is unlocked already' },
  on(migrate_vma_collect_pmd, remove('folio_get(folio), large')),
  on(
    migrate_vma_split_folio,
    insertBefore(
      'folio_lock(folio)',
      split.step('folio_get(folio)', (s, t) => {
        folio_get(s, t.folio)
      }),
    ),
  ),
)

export const collectSplitsUnlocked = patch(
  'mutant-collect-splits-unlocked',
  { ...mutant, subject: 'mutant: a large folio is split without its lock' },
  on(migrate_vma_split_folio, remove('folio_lock(folio)')),
)

export const collectWaitsFirst = patch(
  'mutant-collect-waits-for-migration-first',
  {
    subject: 'mutant: migrate_vma_collect_huge_pmd asks for a migration entry before it asks for a device-private one',
    date: '2026-02-12',
    messageId: '20260212014611.416695-1-dave@stgolabs.net',
    status: 'a mutant: what the branch would do that "remove dead migration entry check" removes',
  },
  put(migrate_vma_collect_huge_pmd_waiting),
)

/* insertHuge.abort */

export const insertKeepsLock = patch(
  'mutant-insert-huge-keeps-lock',
  { ...mutant, subject: 'mutant: who finds the PMD taken, or the address space unstable, leaves the PMD locked' },
  on(migrate_vma_insert_huge_pmd_page, remove('spin_unlock(ptl), unlock_abort')),
)

export const insertKeepsTable = patch(
  'mutant-insert-huge-keeps-table',
  { ...mutant, subject: 'mutant: who finds the PMD taken, or the address space unstable, forgets the page table' },
  on(migrate_vma_insert_huge_pmd_page, remove('pte_free(vma->vm_mm, pgtable)')),
)

/* Entries, by kind. */

export const splitByMigrationKind = patch(
  'mutant-split-pmd-by-migration-kind',
  { ...mutant, subject: 'mutant: the split of a device-private PMD asks what only a migration entry can say' },
  put(__split_huge_pmd_locked_RFC),
)

export const attributesAsPresent = patch(
  'mutant-set-pmd-migration-present-accessors',
  { ...mutant, subject: 'mutant: the attributes of a device-private PMD are read as those of a present one' },
  put(set_pmd_migration_entry_v6_19),
)

export const entryReused = patch(
  'mutant-remove-migration-pmd-reuses-entry',
  { ...mutant, subject: 'mutant: one variable for the migration entry and the entry that replaces it' },
  put(remove_migration_pmd_RFC),
)

export const zapTestsCleared = patch(
  'mutant-zap-tests-cleared-pmd',
  { ...mutant, subject: 'mutant: zap_huge_pmd asserts of the PMD that it has just cleared' },
  put(zap_huge_pmd_RFC),
)

const zap = pageTable.words(zap_huge_pmd)

export const zapPutsEarly = patch(
  'mutant-zap-puts-before-unmapping',
  { ...mutant, subject: 'mutant: zap_huge_pmd drops the reference of a device-private PMD before its mapping' },
  on(
    zap_huge_pmd,
    remove('folio_put(folio)'),
    insertBefore(
      'folio_remove_rmap_pmd(folio, &folio->page, vma)',
      zap.when(t => t.device, [zap.call('folio_put(folio), early', folio_put, { folio: t => t.folio })]),
    ),
  ),
)

export const changeEncodesFirst = patch(
  'mutant-change-pmd-encodes-first',
  { ...mutant, subject: 'mutant: a device-private PMD is encoded before it is made readable' },
  put(change_huge_pmd_RFC),
)

export const changeDropsUffd = patch(
  'mutant-change-pmd-drops-uffd',
  { ...mutant, subject: 'mutant: a device-private PMD loses the marker of userfaultfd with its write permission' },
  put(change_huge_pmd_v6_19),
)

export const walkUnchecked = patch(
  'mutant-pvmw-takes-any-device-private-pmd',
  { ...mutant, subject: 'mutant: a PMD that looked device-private is the place, whatever it is under the lock' },
  put(page_vma_mapped_walk_v6_19),
)

/* pmdSplit.freezeRef; the missing get is a broken contract. */

const unmapped = pageTable.words(migrate_vma_split_unmapped_folio)

export const frozenSplitKeeps = patch(
  'mutant-frozen-split-keeps-reference',
  { ...mutant, subject: 'mutant: the frozen split of a PMD does not drop the reference of the mapping' },
  on(__split_huge_pmd_locked, remove('put_page(page)')),
)

export const frozenSplitPutsTwice = patch(
  'mutant-frozen-split-puts-twice',
  { ...mutant, subject: 'mutant: migrate_vma_split_unmapped_folio puts the reference that the PMD split has put' },
  on(
    migrate_vma_split_unmapped_folio,
    insertAfter(
      'split_huge_pmd_address(migrate->vma, addr, true)',
      unmapped.call('folio_put(folio)', folio_put, { folio: t => t.folio }),
    ),
  ),
)

/* fault.ref */

export const pmdFaultUnreferenced = patch(
  'mutant-pmd-fault-without-reference',
  { ...mutant, subject: 'mutant: a fault on a device-private PMD calls the driver without a reference' },
  on(do_huge_pmd_device_private, remove('folio_get(folio)')),
)

export const pteFaultUnreferenced = patch(
  'mutant-pte-fault-without-reference',
  { ...mutant, subject: 'mutant: a fault on a device-private PTE calls the driver for a page that nobody keeps' },
  put(do_swap_page_v6_0),
)
