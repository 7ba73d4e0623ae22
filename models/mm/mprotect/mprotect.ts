import { bool, expect, int } from 'foliocheck'
import { nothingCached } from '../../../properties/page-table/tlb.js'
import {
  copyEntry,
  Entry,
  mk_device_private,
  mk_migration,
  pmd_clear_uffd,
  pmd_mkuffd,
  pmd_swp_clear_uffd,
  pmd_swp_mkuffd,
  sameEntry,
} from '../../machine/page-table/entry.js'
import { EntryValue, kindOf, wordOf } from '../../machine/page-table/entry-value.js'
import {
  beginProtect,
  can_mmap_read,
  can_mmap_write,
  can_vma_write,
  endProtect,
  flush_tlb_batched_pending,
  is_softleaf,
  mmap_read_lock,
  mmap_read_unlock,
  mmap_write_lock,
  mmap_write_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
  translationsGone,
  vma_start_write,
  watchTranslations,
} from '../../machine/page-table/index.js'
import { N, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type State, type Words } from '../../machine/page-table/state.js'
import { Change, Changed, change_huge_pmd, mayWrite } from '../huge_memory_pmd/change.js'
import { tlb_finish_mmu, tlb_gather_mmu } from '../memory_zap/zap-range.js'

/**
 * | kernel function     | steps (mp1–mp9)                               | abstracted, and why that is sound                     |
 * |---------------------|-----------------------------------------------|-------------------------------------------------------|
 * | change_pmd_range    | look for none; look for huge; huge or PTEs    | Whole PMDs: one VMA is one PMD.                       |
 * | change_pte_range    | lock; per PTE one store; unlock               | –                                                     |
 * | mprotect_fixup      | write locks; flags; gather; notifier; range;  | –                                                     |
 * |                     | notifier; finish; unlock                      |                                                       |
 * | change_prot_numa,   | the same under mmap_lock for reading          | uffd also changes the VMA's flag, as registration did |
 * | mwriteprotect_range |                                               | before.                                               |
 */

const pteSpec = {
  source: 'mm/mprotect.c',
  params: { va: Va, change: Change },
  locals: { i: int(0, N), table: bool(), flush: bool(), fresh: Entry },
  returns: Changed,
}
type PteLocals = Parameters<Parameters<Words<typeof pteSpec.params, typeof pteSpec.locals>['step']>[1]>[1]

/** mp5 to mp8: one PTE. */
function changePte(s: State, t: PteLocals): void {
  const old = s.vmas[t.va].ptes[t.i]
  if (old.kind === 'none' || (t.change === 'numa' && old.protnone)) return
  copyEntry(t.fresh, old)
  if (is_softleaf(old)) {
    if (old.kind === 'migration' && old.mode === 'write') {
      mk_migration(t.fresh, old.pfn, 'readExclusive')
      t.fresh.rw = old.rw
      t.fresh.user = old.user
    }
    if (old.kind === 'device' && old.mode === 'write') {
      mk_device_private(t.fresh, old.pfn, false)
      t.fresh.user = old.user
      s.vmas[t.va].softDirty = false
    }
    if (t.change === 'uffd-wp') pmd_swp_mkuffd(t.fresh)
    if (t.change === 'uffd-wp-resolve') pmd_swp_clear_uffd(t.fresh)
  } else {
    t.fresh.rw = false
    t.fresh.protnone = t.change === 'numa'
    if (t.change === 'uffd-wp') pmd_mkuffd(t.fresh)
    if (t.change === 'uffd-wp-resolve') pmd_clear_uffd(t.fresh)
    if (t.change === 'mprotect' && mayWrite(s, t.va, t.fresh)) t.fresh.rw = true
    t.flush = true
  }
  if (!sameEntry(old, t.fresh)) set_pte_at(s, t.va, t.i, t.fresh)
}

export const change_pte_range = pageTable.operation(
  'change_pte_range',
  pteSpec,
  ({ step, waitUntil, when, loop, local, ret }) => [
    waitUntil(
      'pte = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl)',
      (s, t) => pte_lock_ready(s, t.va),
      (s, t) => {
        t.table = pte_offset_map_lock(s, t.va)
        if (t.table) flush_tlb_batched_pending(s, t.va)
      },
    ),
    when(t => !t.table, [ret(() => 0)]),
    loop(
      t => t.i < N,
      [
        step('change_present_ptes() or change_softleaf_pte()', changePte),
        local(t => {
          t.i++
        }),
      ],
    ),
    step('pte_unmap_unlock(pte - 1, ptl)', (s, t) => {
      pte_unmap_unlock(s, t.va)
    }),
    ret(t => (t.flush ? N : 1)),
  ],
)

/** mp2 to mp4. */
export const change_pmd_range = pageTable.operation(
  'change_pmd_range',
  {
    source: 'mm/mprotect.c',
    params: { va: Va, change: Change },
    locals: { pmd: EntryValue, changed: Changed },
    returns: Changed,
  },
  ({ step, when, call, ret, label, goto }) => [
    label('again'),
    step('if (pmd_none(*pmd)) goto next', (s, t) => {
      t.pmd = wordOf(s.vmas[t.va].pmd)
    }),
    when(t => kindOf(t.pmd) === 'none', [ret(() => 1)]),
    step('_pmd = pmdp_get_lockless(pmd)', (s, t) => {
      t.pmd = wordOf(s.vmas[t.va].pmd)
    }),
    when(
      t => kindOf(t.pmd) !== 'none' && kindOf(t.pmd) !== 'table',
      [
        call(
          'change_huge_pmd(tlb, vma, pmd, addr, newprot, cp_flags)',
          change_huge_pmd,
          { va: t => t.va, change: t => t.change },
          (t, changed) => {
            t.changed = changed
          },
        ),
        when(t => t.changed !== 0, [ret(t => t.changed)]),
      ],
    ),
    call(
      'change_pte_range(tlb, vma, pmd, addr, next, newprot, cp_flags)',
      change_pte_range,
      { va: t => t.va, change: t => t.change },
      (t, changed) => {
        t.changed = changed
      },
    ),
    when(t => t.changed === 0, [goto('again')]),
    ret(t => t.changed),
  ],
)

/** mprotect of the VMA to read and write, or to read alone. */
export const mprotect = pageTable.operation(
  'mprotect',
  { source: 'mm/mprotect.c', params: { va: Va, write: bool() }, locals: { changed: Changed, gone: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_write_lock(current->mm)',
      (s, t) => can_mmap_write(s, mmOf(t.va)),
      (s, t) => {
        mmap_write_lock(s, mmOf(t.va))
        t.gone = !s.vmas[t.va].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    call('tlb_gather_mmu(&tlb, current->mm)', tlb_gather_mmu, { va: t => t.va }),
    waitUntil(
      'vma_start_write(vma); vm_flags_reset_once(vma, newflags)',
      (s, t) => can_vma_write(s, t.va),
      (s, t) => {
        vma_start_write(s, t.va)
        s.vmas[t.va].write = t.write
      },
    ),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
      watchTranslations(s, t.va)
    }),
    call(
      'change_protection(tlb, vma, start, end, mm_cp_flags)',
      change_pmd_range,
      { va: t => t.va, change: 'mprotect' },
      (t, changed) => {
        t.changed = changed
      },
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    call('tlb_finish_mmu(&tlb)', tlb_finish_mmu, { va: t => t.va, gather: 0, flush: t => t.changed > 1 }),
    label('out'),
    step('mmap_write_unlock(current->mm)', (s, t) => {
      expect(nothingCached, translationsGone(s, t.va), `va${t.va} after mprotect`)
      mmap_write_unlock(s, mmOf(t.va))
    }),
  ],
)

/** A walk of change_protection under mmap_lock for reading: NUMA scan, or a write-protection by userfaultfd. */
export const change_prot = pageTable.operation(
  'change_prot',
  { source: 'mm/mprotect.c', params: { va: Va, change: Change }, locals: { changed: Changed, gone: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_read_lock(mm)',
      (s, t) => can_mmap_read(s, mmOf(t.va)),
      (s, t) => {
        mmap_read_lock(s, mmOf(t.va))
        t.gone = !s.vmas[t.va].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    call('tlb_gather_mmu(&tlb, vma->vm_mm)', tlb_gather_mmu, { va: t => t.va }),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.va)
      if (t.change === 'uffd-wp') beginProtect(s, t.va)
      if (t.change === 'uffd-wp-resolve') s.vmas[t.va].protect = false
    }),
    call(
      'change_protection(&tlb, vma, addr, end, cp_flags)',
      change_pmd_range,
      { va: t => t.va, change: t => t.change },
      (t, changed) => {
        t.changed = changed
      },
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
      if (t.change === 'uffd-wp') endProtect(s, t.va)
    }),
    call('tlb_finish_mmu(&tlb)', tlb_finish_mmu, { va: t => t.va, gather: 0, flush: t => t.changed > 1 }),
    label('out'),
    step('mmap_read_unlock(mm)', (s, t) => {
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
