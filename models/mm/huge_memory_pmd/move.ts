import { bool } from 'foliocheck'
import {
  clearEntry,
  Entry,
  pmd_clear_uffd,
  pmd_is_migration_entry,
  pmd_mksoft_dirty,
  pmd_present,
  pmd_swp_clear_uffd,
  pmd_swp_mksoft_dirty,
} from '../../machine/page-table/entry.js'
import {
  flush_tlb_range,
  pgtable_trans_huge_deposit,
  pgtable_trans_huge_withdraw,
  pmd_is_huge,
  pmd_none,
  pmd_unlock,
  pmd_unlocked,
  pmdp_huge_get_and_clear,
  set_pmd_at,
  take_pmd_lock,
} from '../../machine/page-table/index.js'
import { Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'

/**
 * | kernel function | steps (M1–M8)                                 | abstracted, and why that is sound                 |
 * |-----------------|-----------------------------------------------|---------------------------------------------------|
 * | move_huge_pmd   | look; lock old, new; clear; deposit; store;   | The two PMDs lie in different tables, so that both |
 * |                 | flush; unlock                                 | locks are taken and the deposit moves: the case    |
 * |                 |                                               | with more steps.                                   |
 */

/** Moves the leaf or softleaf of `from` to `to`; false when there is none, or `to` is taken. */
export const move_huge_pmd = pageTable.operation(
  'move_huge_pmd',
  {
    source: 'mm/huge_memory.c',
    params: { from: Va, to: Va },
    locals: { free: bool(), huge: bool(), present: bool(), value: Entry },
    returns: bool(),
  },
  ({ step, waitUntil, when, local, ret }) => [
    step('if (!pmd_none(*new_pmd)) return false', (s, t) => {
      t.free = pmd_none(s.vmas[t.to].pmd)
    }),
    when(t => !t.free, [ret(() => false)]),
    waitUntil(
      'old_ptl = __pmd_trans_huge_lock(old_pmd, vma)',
      (s, t) => pmd_unlocked(s, t.from),
      (s, t) => {
        take_pmd_lock(s, t.from)
        t.huge = pmd_is_huge(s.vmas[t.from].pmd)
        if (!t.huge) pmd_unlock(s, t.from)
      },
    ),
    when(t => !t.huge, [ret(() => false)]),
    waitUntil(
      'spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING)',
      (s, t) => pmd_unlocked(s, t.to),
      (s, t) => take_pmd_lock(s, t.to),
    ),
    step('pmd = pmdp_huge_get_and_clear(mm, old_addr, old_pmd)', (s, t) => {
      pmdp_huge_get_and_clear(s, t.from, t.value)
      t.present = pmd_present(t.value)
    }),
    step('pgtable_trans_huge_deposit(mm, new_pmd, pgtable_trans_huge_withdraw(mm, old_pmd))', (s, t) => {
      pgtable_trans_huge_withdraw(s, t.from)
      pgtable_trans_huge_deposit(s, t.to)
    }),
    step('pmd = move_soft_dirty_pmd(pmd)', (_s, t) => {
      if (pmd_is_migration_entry(t.value)) pmd_swp_mksoft_dirty(t.value)
      else if (pmd_present(t.value)) pmd_mksoft_dirty(t.value)
    }),
    step('pmd = clear_uffd_wp_pmd(pmd)', (s, t) => {
      s.vmas[t.to].softDirty = true
      if (s.vmas[t.to].uffd) return
      if (t.present) pmd_clear_uffd(t.value)
      else pmd_swp_clear_uffd(t.value)
    }),
    step('set_pmd_at(mm, new_addr, new_pmd, pmd)', (s, t) => {
      set_pmd_at(s, t.to, t.value)
    }),
    when(
      t => t.present,
      [
        step('flush_pmd_tlb_range(vma, old_addr, old_addr + PMD_SIZE)', (s, t) => {
          flush_tlb_range(s, t.from)
        }),
      ],
    ),
    local(t => clearEntry(t.value)),
    step('spin_unlock(new_ptl)', (s, t) => {
      pmd_unlock(s, t.to)
    }),
    step('spin_unlock(old_ptl)', (s, t) => {
      pmd_unlock(s, t.from)
    }),
    ret(() => true),
  ],
)
