import { bool } from 'foliocheck'
import { EntryValue, kindOf, wordOf } from '../../machine/page-table/entry-value.js'
import {
  anon_vma_lock_write,
  anon_vma_unlock_write,
  can_anon_vma_write,
  can_mmap_write,
  can_vma_write,
  flush_tlb_mm,
  inheritData,
  mmap_write_lock,
  mmap_write_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  pmd_clear_bad,
  vma_start_write,
} from '../../machine/page-table/index.js'
import { Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { Copied, copy_huge_pmd } from '../huge_memory_pmd/copy.js'
import { copy_pte_range } from './copy-pte.js'

/**
 * | kernel function  | steps (fk1, fk2, fk12)                        | abstracted, and why that is sound                       |
 * |------------------|-----------------------------------------------|---------------------------------------------------------|
 * | dup_mmap         | write locks; anon_vma link; copy; flush;      | One VMA. The child runs nothing before the unlock.      |
 * |                  | unlock                                        | A failed fork leaves a child that nobody looks at.      |
 * | copy_page_range  | notifier; copy_pmd_range; notifier            | write_protect_seq changes with the notifier: who looks  |
 * |                  |                                               | at the one does not look at the other.                  |
 * | copy_pmd_range   | look; huge copy; look again; PTEs             | –                                                       |
 */

/** The part of fork between the notifier's calls; false when the fork fails. */
export const copy_pmd_range = pageTable.operation(
  'copy_pmd_range',
  {
    source: 'mm/memory.c',
    params: { dst: Va, src: Va },
    locals: { pmd: EntryValue, copied: Copied, ok: bool() },
    returns: bool(),
  },
  ({ step, when, call, ret }) => [
    step('if (pmd_is_huge(*src_pmd))', (s, t) => {
      t.pmd = wordOf(s.vmas[t.src].pmd)
    }),
    when(
      t => kindOf(t.pmd) !== 'none' && kindOf(t.pmd) !== 'table',
      [
        call(
          'copy_huge_pmd(dst_mm, src_mm, dst_pmd, src_pmd, addr, dst_vma, src_vma)',
          copy_huge_pmd,
          { dst: t => t.dst, src: t => t.src },
          (t, copied) => {
            t.copied = copied
          },
        ),
        when(t => t.copied === 'done', [ret(() => true)]),
      ],
    ),
    step('pmd_none_or_clear_bad(src_pmd)', (s, t) => {
      const { pmd } = s.vmas[t.src]
      t.pmd = wordOf(pmd)
      if (pmd.kind !== 'none' && pmd.kind !== 'table') pmd_clear_bad(s, t.src)
    }),
    when(t => kindOf(t.pmd) !== 'table', [ret(() => true)]),
    call(
      'copy_pte_range(dst_vma, src_vma, dst_pmd, src_pmd, addr, next)',
      copy_pte_range,
      { dst: t => t.dst, src: t => t.src },
      (t, ok) => {
        t.ok = ok
      },
    ),
    ret(t => t.ok),
  ],
)

/** fork: address space 1 becomes a copy of address space 0. */
export const dup_mmap = pageTable.operation(
  'dup_mmap',
  { source: 'mm/mmap.c', params: { dst: Va, src: Va }, locals: { ok: bool(), gone: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_write_lock(oldmm)',
      (s, t) => can_mmap_write(s, mmOf(t.src)),
      (s, t) => {
        mmap_write_lock(s, mmOf(t.src))
        mmap_write_lock(s, mmOf(t.dst))
        t.gone = !s.vmas[t.src].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    waitUntil(
      'vma_start_write(mpnt)',
      (s, t) => can_vma_write(s, t.src),
      (s, t) => {
        vma_start_write(s, t.src)
        vma_start_write(s, t.dst)
        const parent = s.vmas[t.src]
        const child = s.vmas[t.dst]
        child.present = true
        child.write = parent.write
        child.softDirty = parent.softDirty
      },
    ),
    waitUntil(
      'anon_vma_fork(tmp, mpnt): anon_vma_lock_write(anon_vma)',
      s => can_anon_vma_write(s),
      (s, t) => {
        anon_vma_lock_write(s)
        s.vmas[t.dst].attached = true
      },
    ),
    step('anon_vma_fork(tmp, mpnt): anon_vma_unlock_write(anon_vma)', s => {
      anon_vma_unlock_write(s)
    }),
    step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
      mmu_notifier_invalidate_range_start(s, t.src)
      s.mms[mmOf(t.src)].writeProtectSeq++
    }),
    call(
      'copy_pmd_range(dst_vma, src_vma, dst_pud, src_pud, addr, next)',
      copy_pmd_range,
      { dst: t => t.dst, src: t => t.src },
      (t, ok) => {
        t.ok = ok
      },
    ),
    step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
      s.mms[mmOf(t.src)].writeProtectSeq++
      mmu_notifier_invalidate_range_end(s, t.src)
    }),
    step('flush_tlb_mm(oldmm)', (s, t) => {
      flush_tlb_mm(s, mmOf(t.src))
      if (t.ok) inheritData(s, t.src, t.dst)
      else for (const page of s.vmas[t.dst].want) page.data = -1
    }),
    label('out'),
    step('mmap_write_unlock(mm); mmap_write_unlock(oldmm)', (s, t) => {
      mmap_write_unlock(s, mmOf(t.dst))
      mmap_write_unlock(s, mmOf(t.src))
    }),
  ],
)
