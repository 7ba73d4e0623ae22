import { applyPatch, nth, type Operation, on, patch, remove, replace } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { Trials } from '../test/trial.js'
import { folio_add_anon_rmap_pmd, pmdp_invalidate_ad } from './machine/page-table/index.js'
import { pageTable } from './machine/page-table/state.js'
import { gup_fast } from './mm/gup/gup-fast.js'
import { copy_huge_pmd } from './mm/huge_memory_pmd/copy.js'
import { do_huge_pmd_device_private } from './mm/huge_memory_pmd/device-fault.js'
import { remove_migration_pmd, set_pmd_migration_entry } from './mm/huge_memory_pmd/migration.js'
import { move_huge_pmd } from './mm/huge_memory_pmd/move.js'
import { __split_huge_pmd_locked } from './mm/huge_memory_pmd/split.js'
import { do_huge_pmd_wp_page } from './mm/huge_memory_pmd/wp-fault.js'
import { zap_huge_pmd } from './mm/huge_memory_pmd/zap.js'
import { madvise_dontneed } from './mm/memory_zap/dontneed.js'
import { tlb_finish_mmu } from './mm/memory_zap/zap-range.js'
import { migrate_locked } from './mm/migrate_folio/migrate.js'
import { move_page_tables } from './mm/mremap/mremap.js'
import project from './page-table.js'

const trials = new Trials(project)
const clean = trials.proposed
const info = { subject: 'a mutant', date: '2026-11-20', status: 'a mutant' }

interface Mutant {
  readonly why: string
  readonly operation: Operation
  readonly hunk: Parameters<typeof on>[1]
  readonly scenario: string
  readonly property: string
}

const split = pageTable.words(__split_huge_pmd_locked)
const copy = pageTable.words(copy_huge_pmd)
const removal = pageTable.words(remove_migration_pmd)
const set = pageTable.words(set_pmd_migration_entry)

const fast = pageTable.words(gup_fast)

const mutants: readonly Mutant[] = [
  {
    why: 'GUP-fast does not look at the entry again',
    operation: gup_fast,
    hunk: replace(
      'if (unlikely(pmd_val(pmd) != pmd_val(*pmdp)) || unlikely(pte_val(pte) != pte_val(ptep_get(ptep))))',
      fast.step('no second look', (_s, t) => {
        t.ok = true
      }),
    ),
    scenario: 'split-races-pin',
    property: 'pinned-page-stays-exclusive',
  },
  {
    why: 'GUP-fast does not notice a fork',
    operation: gup_fast,
    hunk: replace(
      'read_seqcount_retry(&current->mm->write_protect_seq, seq)',
      fast.step('no second look at the sequence', (s, t) => {
        t.ok = true
        s.pages[t.page].pinned++
      }),
    ),
    scenario: 'fork-races-pin',
    property: 'pinned-page-stays-exclusive',
  },
  {
    why: 'GUP-fast pins a shared page for reading',
    operation: gup_fast,
    hunk: replace(
      'if (!pte_write(pte) && gup_must_unshare(NULL, flags, page))',
      fast.step('no unshare', (_s, t) => {
        t.ok = true
      }),
    ),
    scenario: 'fork-then-read-pin',
    property: 'pinned-page-stays-exclusive',
  },
  {
    why: 'mremap does not take the rmap locks',
    operation: move_page_tables,
    hunk: remove('take_rmap_locks(vma)'),
    scenario: 'split-races-mremap-with-rmap-locks',
    property: 'split-fails-only-for-a-reason',
  },
  {
    why: 'the gather frees its pages and does not flush',
    operation: tlb_finish_mmu,
    hunk: remove('tlb_flush_mmu_tlbonly(tlb)'),
    scenario: 'access-races-dontneed',
    property: 'cached-pages-are-in-use',
  },
  {
    why: 'the same, seen when MADV_DONTNEED returns',
    operation: tlb_finish_mmu,
    hunk: remove('tlb_flush_mmu_tlbonly(tlb)'),
    scenario: 'access-races-dontneed',
    property: 'nothing-cached-after-return',
  },
  {
    why: 'the same, seen by mprotect',
    operation: tlb_finish_mmu,
    hunk: remove('tlb_flush_mmu_tlbonly(tlb)'),
    scenario: 'migrate-races-mprotect',
    property: 'stale-translation-has-flush-pending',
  },
  {
    why: 'a PMD split does not flush the huge translation',
    operation: __split_huge_pmd_locked,
    hunk: replace(
      'old_pmd = pmdp_invalidate(vma, haddr, pmd)',
      split.step('old_pmd = pmdp_invalidate_ad(vma, haddr, pmd)', (s, t) => {
        pmdp_invalidate_ad(s, t.va, t.old)
        t.folio = t.old.pfn
        t.exclusive = s.pages[t.folio].ae
      }),
    ),
    scenario: 'fork-races-write',
    property: 'one-translation-size',
  },
  {
    why: 'MADV_DONTNEED does not tell the devices',
    operation: madvise_dontneed,
    hunk: remove('mmu_notifier_invalidate_range_start(&range)'),
    scenario: 'access-races-dontneed',
    property: 'entry-weakened-inside-notifier',
  },
  {
    why: 'mremap leaves the deposited table behind',
    operation: move_huge_pmd,
    hunk: remove('pgtable_trans_huge_deposit(mm, new_pmd, pgtable_trans_huge_withdraw(mm, old_pmd))'),
    scenario: 'split-races-mremap',
    property: 'deposit-before-withdraw',
  },
  {
    why: 'a fault calls the driver without a reference',
    operation: do_huge_pmd_device_private,
    hunk: remove('folio_get(folio)'),
    scenario: 'fault-migrates-large-folio',
    property: 'fault-owns-its-page',
  },
  {
    why: 'the zap forgets to unlock',
    operation: zap_huge_pmd,
    hunk: remove('spin_unlock(ptl)'),
    scenario: 'migrate-races-dontneed',
    property: 'no-lock-left',
  },
  {
    why: 'and everybody else waits',
    operation: zap_huge_pmd,
    hunk: remove('spin_unlock(ptl)'),
    scenario: 'migrate-races-dontneed',
    property: 'no-deadlock',
  },
  {
    why: 'the write fault sleeps for the folio with the PMD locked',
    operation: do_huge_pmd_wp_page,
    hunk: remove('folio_get(folio)'),
    scenario: 'two-writes-to-shared-device-pmd',
    property: 'references-are-owned',
  },
  {
    why: 'fork copies a mapping without a reference',
    operation: copy_huge_pmd,
    hunk: nth(
      2,
      replace(
        'folio_get(src_folio)',
        copy.step('no folio_get', (_s, t) => {
          t.folio = t.entry.pfn
        }),
      ),
    ),
    scenario: 'fork-races-migrate',
    property: 'refcount-covers-mapcount',
  },
  {
    why: 'fork leaves the parent’s entry writable',
    operation: copy_huge_pmd,
    hunk: replace(
      'pmdp_set_wrprotect(src_mm, addr, src_pmd)',
      copy.step('no wrprotect', (_s, t) => {
        t.child.kind = 'present'
        t.child.pfn = t.folio
      }),
    ),
    scenario: 'fork-races-write',
    property: 'writable-means-exclusive',
  },
  {
    why: 'a folio that goes to the device is mapped as if it were memory',
    operation: remove_migration_pmd,
    hunk: remove('pmde = softleaf_to_pmd(device-private entry)'),
    scenario: 'madvise-free-races-migrate',
    property: 'entry-kind-fits-memory',
  },
  {
    why: 'the restored mapping is exclusive whatever the migration entry said',
    operation: remove_migration_pmd,
    hunk: replace(
      'folio_add_anon_rmap_pmd(folio, new, vma, haddr, rmap_flags)',
      removal.step('folio_add_anon_rmap_pmd(…, RMAP_EXCLUSIVE)', (s, t) => {
        folio_add_anon_rmap_pmd(s, t.folio, true)
      }),
    ),
    scenario: 'evict-races-shared-fault',
    property: 'exclusive-means-mapped-once',
  },
  {
    why: 'PG_anon_exclusive stays set while the migration entry says it',
    operation: set_pmd_migration_entry,
    hunk: replace(
      'folio_try_share_anon_rmap_pmd(folio, page)',
      set.step('not shared', (_s, t) => {
        t.shared = true
      }),
    ),
    scenario: 'fork-races-migrate',
    property: 'exclusive-migration-entry-is-alone',
  },
  {
    why: 'the destination is published before the copy',
    operation: migrate_locked,
    hunk: remove('folio_mc_copy(dst, src)'),
    scenario: 'fault-migrates-large-folio',
    property: 'read-sees-last-write',
  },
]

describe('a mutant of the newest kernel is caught by the property that is about it', () => {
  test.each(mutants)('$why ($property)', ({ operation, hunk, scenario, property }) => {
    expect(trials.run(clean, scenario).violated).toEqual([])
    const mutant = applyPatch(clean, patch('mutant', info, on(operation, hunk)))
    expect(trials.run(mutant, scenario).violated).toContain(property)
  })
})
