import { bool, expect, NONE } from 'foliocheck'
import { nothingCached } from '../../../properties/page-table/tlb.js'
import {
  anon_vma_lock_write,
  anon_vma_unlock_write,
  beginZap,
  can_anon_vma_write,
  can_mmap_read,
  can_mmap_write,
  can_vma_write,
  endZap,
  free_page_tables,
  mmap_read_lock,
  mmap_read_unlock,
  mmap_write_downgrade,
  mmap_write_lock,
  mmap_write_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  translationsGone,
  vma_end_read,
  vma_start_read,
  vma_start_write,
  watchTranslations,
} from '../../machine/page-table/index.js'
import { Index, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { CLEARED, Gather } from '../huge_memory_pmd/zap.js'
import { tlb_finish_mmu, tlb_gather_mmu, zap_pmd_range } from './zap-range.js'

/**
 * | kernel function      | steps                                         | abstracted, and why that is sound                    |
 * |----------------------|-----------------------------------------------|------------------------------------------------------|
 * | madvise_dontneed     | VMA lock or mmap_lock; gather; notifier; zap; | –                                                    |
 * |                      | notifier; finish; unlock                      |                                                      |
 * | munmap               | write locks; detach; downgrade; notifier;     | One VMA. The page table goes with the anon_vma link, |
 * |                      | zap; unlink; free the table; finish; unlock   | when nothing can walk it any more.                   |
 */

/** MADV_DONTNEED of the VMA, or of page `only` of it. */
export const madvise_dontneed = pageTable.operation(
  'madvise_dontneed',
  {
    source: 'mm/madvise.c',
    params: { va: Va, only: Index },
    locals: { gather: Gather, vmaLock: bool(), gone: bool() },
  },
  ({ step, waitUntil, when, call, ret }) => [
    step('vma = lock_vma_under_rcu(mm, start)', (s, t) => {
      t.vmaLock = vma_start_read(s, t.va)
    }),
    when(
      t => !t.vmaLock,
      [
        waitUntil(
          'mmap_read_lock(mm)',
          (s, t) => can_mmap_read(s, mmOf(t.va)),
          (s, t) => {
            mmap_read_lock(s, mmOf(t.va))
            t.gone = !s.vmas[t.va].present
          },
        ),
      ],
    ),
    when(
      t => t.gone,
      [
        step('madvise_unlock(mm, behavior), no VMA', (s, t) => {
          mmap_read_unlock(s, mmOf(t.va))
        }),
        ret(),
      ],
    ),
    call('tlb_gather_mmu(&tlb, mm)', tlb_gather_mmu, { va: t => t.va }),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      beginZap(s, t.va, t.only)
      watchTranslations(s, t.va)
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    call(
      'unmap_single_vma(tlb, vma, address, end, details)',
      zap_pmd_range,
      { va: t => t.va, only: t => t.only },
      (t, gather) => {
        t.gather = gather
      },
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    call('tlb_finish_mmu(&tlb)', tlb_finish_mmu, {
      va: t => t.va,
      gather: t => t.gather,
      flush: t => (t.gather & CLEARED) !== 0,
    }),
    step('madvise_unlock(mm, behavior)', (s, t) => {
      endZap(s, t.va)
      expect(nothingCached, translationsGone(s, t.va), `va${t.va} after MADV_DONTNEED`)
      if (t.vmaLock) vma_end_read(s, t.va)
      else mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)

/** munmap of the VMA. */
export const munmap = pageTable.operation(
  'munmap',
  { source: 'mm/vma.c', params: { va: Va }, locals: { gather: Gather, gone: bool() } },
  ({ step, waitUntil, when, call, ret }) => [
    waitUntil(
      'mmap_write_lock(mm)',
      (s, t) => can_mmap_write(s, mmOf(t.va)),
      (s, t) => mmap_write_lock(s, mmOf(t.va)),
    ),
    step('vma = vma_find(&vmi, end)', (s, t) => {
      t.gone = !s.vmas[t.va].present
    }),
    when(
      t => t.gone,
      [
        step('mmap_write_unlock(mm)', (s, t) => {
          mmap_write_unlock(s, mmOf(t.va))
        }),
        ret(),
      ],
    ),
    waitUntil(
      'vma_start_write(vma); vma_mark_detached(vma)',
      (s, t) => can_vma_write(s, t.va),
      (s, t) => {
        vma_start_write(s, t.va)
        s.vmas[t.va].present = false
      },
    ),
    step('mmap_write_downgrade(mm)', (s, t) => {
      mmap_write_downgrade(s, mmOf(t.va))
    }),
    call('tlb_gather_mmu(&tlb, mm)', tlb_gather_mmu, { va: t => t.va }),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      beginZap(s, t.va, NONE)
      watchTranslations(s, t.va)
      mmu_notifier_invalidate_range_start(s, t.va)
    }),
    call('unmap_vmas(&tlb, &unmap)', zap_pmd_range, { va: t => t.va, only: NONE }, (t, gather) => {
      t.gather = gather
    }),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.va)
    }),
    waitUntil(
      'unlink_anon_vmas(vma): anon_vma_lock_write(anon_vma)',
      s => can_anon_vma_write(s),
      (s, t) => {
        anon_vma_lock_write(s)
        s.vmas[t.va].attached = false
      },
    ),
    step('unlink_anon_vmas(vma): anon_vma_unlock_write(anon_vma)', s => {
      anon_vma_unlock_write(s)
    }),
    step('free_pgd_range(tlb, addr, end, floor, ceiling)', (s, t) => {
      free_page_tables(s, t.va)
    }),
    call('tlb_finish_mmu(&tlb)', tlb_finish_mmu, {
      va: t => t.va,
      gather: t => t.gather,
      flush: true,
    }),
    step('mmap_read_unlock(mm)', (s, t) => {
      endZap(s, t.va)
      expect(nothingCached, translationsGone(s, t.va), `va${t.va} after munmap`)
      mmap_read_unlock(s, mmOf(t.va))
    }),
  ],
)
