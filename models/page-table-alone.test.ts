import { applyPatch, on, patch, remove } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { Trials } from '../test/trial.js'
import project from './page-table.js'

const trials = new Trials(project)
const clean = trials.proposed

/** Per property: an operation, a step whose loss no other property notices, and the scenario in which this one does. */
const alone = [
  ['rss-equals-entries', 'zap_huge_pmd', 'add_mm_counter(mm, MM_ANONPAGES, -HPAGE_PMD_NR)', 'access-races-dontneed'],
  [
    'deposits-equal-leaves',
    'move_huge_pmd',
    'pgtable_trans_huge_deposit(mm, new_pmd, pgtable_trans_huge_withdraw(mm, old_pmd))',
    'mremap-device-pmd',
  ],
  [
    'refcount-is-sane',
    '__folio_freeze_and_split_unmapped',
    'folio_ref_unfreeze(new_folio, folio_cache_ref_count(new_folio) + 1)',
    'split-shared-folio',
  ],
  ['no-access-to-free-page', '__split_huge_pmd_locked', 'pmd_is_valid_softleaf(*pmd)', 'partial-dontneed-device-pmd'],
  ['free-only-unmapped-folio', 'migrate_folio', 'folio_unlock(src)', 'migrate-meets-other-device-pmd'],
  [
    'nothing-left-over',
    '__split_huge_pmd',
    'split_huge_pmd_locked(vma, range.start, pmd, freeze)',
    'migrate-shared-to-small-pages',
  ],
  [
    'entry-decoded-by-its-kind',
    'madvise_free_huge_pmd',
    'if (unlikely(!pmd_present(orig_pmd)))',
    'madvise-free-races-migrate',
  ],
  [
    'entry-kind-fits-memory',
    'remove_migration_pmd',
    'pmde = softleaf_to_pmd(device-private entry)',
    'shared-soft-dirty-to-device',
  ],
  [
    'writable-only-where-vma-allows',
    'mprotect',
    'change_protection(tlb, vma, start, end, mm_cp_flags)',
    'mprotect-uffd-device-pmd',
  ],
  [
    'exclusive-migration-entry-is-alone',
    'set_pmd_migration_entry',
    'folio_try_share_anon_rmap_pmd(folio, page)',
    'migrate-meets-other-device-pmd',
  ],
  ['pinned-page-stays-exclusive', 'pin_user_pages_fast', 'unpin_user_page(page)', 'fork-races-pin'],
  [
    'split-fails-only-for-a-reason',
    '__folio_split',
    'unmap_folio(folio): try_to_migrate(folio, ttu_flags)',
    'split-shared-folio',
  ],
  [
    'soft-dirty-is-kept',
    'move_huge_pmd',
    'pmd = pmd_present(pmd) ? pmd_mksoft_dirty(pmd) : pmd_swp_mksoft_dirty(pmd)',
    'mremap-device-pmd',
  ],
  ['uffd-protection-is-kept', 'change_huge_pmd', 'newpmd = pmd_swp_mkuffd(newpmd)', 'mprotect-uffd-device-pmd'],
  ['memory-kept', 'mremap', 'move_page_tables(&pmc)', 'mremap-device-pmd'],
  [
    'clean-folio-is-saved',
    'migrate_vma_collect_pmd',
    'pte = ptep_clear_flush(vma, addr, ptep)',
    'collect-of-referenced-page',
  ],
  [
    'allocated-table-is-used-or-freed',
    'migrate_vma_insert_huge_pmd_page',
    'pte_free(vma->vm_mm, pgtable)',
    'populate-races-fault',
  ],
  [
    'entry-weakened-inside-notifier',
    'move_page_tables',
    'mmu_notifier_invalidate_range_start(&range)',
    'mremap-device-pmd',
  ],
  ['unlock-by-holder', 'mprotect', 'mmap_write_lock(current->mm)', 'mprotect-device-pmd'],
  ['no-lock-left', 'try_to_migrate', 'anon_vma_unlock_read(anon_vma)', 'migrate-meets-other-device-pmd'],
  [
    'no-kernel-warning',
    'migrate_locked',
    'folio_migrate_mapping(mapping, dst, src, extra_count)',
    'migrate-meets-other-device-pmd',
  ],
] as const

describe('without it nobody would notice', () => {
  test.each(alone)('%s: %s without %s', (property, name, label, scenario) => {
    const operation = clean.operations.get(name)
    if (!operation) throw new Error(`the newest kernel has no ${name}`)
    const info = { subject: 'a mutant', date: '2026-11-21', status: 'a mutant' }
    const mutant = applyPatch(clean, patch('mutant', info, on(operation, remove(label))))
    const before = trials.run(clean, scenario).violated
    expect(trials.run(mutant, scenario).violated.filter(found => !before.includes(found))).toEqual([property])
  })
})
