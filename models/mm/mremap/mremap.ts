import { bool, int, NONE } from 'foliocheck'
import { Entry, is_softleaf } from '../../machine/page-table/entry.js'
import { EntryValue, kindOf, wordOf } from '../../machine/page-table/entry-value.js'
import {
  anon_vma_lock_write,
  anon_vma_unlock_write,
  beginZap,
  can_anon_vma_write,
  can_mmap_write,
  can_vma_write,
  endZap,
  flush_tlb_batched_pending,
  flush_tlb_range,
  free_page_tables,
  inheritData,
  mmap_write_lock,
  mmap_write_unlock,
  mmOf,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  pmd_none,
  pmd_unlock,
  pmd_unlocked,
  pte_lock_ready,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
  take_pmd_lock,
  vma_start_write,
} from '../../machine/page-table/index.js'
import { N, Va } from '../../machine/page-table/sizes.js'
import { pageTable, type Words } from '../../machine/page-table/state.js'
import { move_huge_pmd } from '../huge_memory_pmd/move.js'
import { __split_huge_pmd } from '../huge_memory_pmd/split.js'
import { Gather } from '../huge_memory_pmd/zap.js'
import { tlb_finish_mmu, tlb_gather_mmu, zap_pmd_range } from '../memory_zap/zap-range.js'

/**
 * | kernel function   | steps (mr1–mr8)                               | abstracted, and why that is sound                      |
 * |-------------------|-----------------------------------------------|--------------------------------------------------------|
 * | move_page_tables  | look; huge or PTEs; with rmap locks where     | VMAs are in the interval tree by number: rmap walks    |
 * | move_ptes         | the new VMA comes first in the interval tree; | come to the new one last unless it has the lower one.  |
 * |                   | table; lock both; per PTE clear and store;    | A whole table is moved PTE by PTE: the move of the     |
 * |                   | flush; unlock                                 | table itself, under both anon_vma and PMD locks, hides |
 * |                   |                                               | more.                                                  |
 * | mremap            | write locks; new VMA; move; unmap the old     | –                                                      |
 */

interface Move {
  readonly from: number
  readonly to: number
}
type MoveWords = Pick<Words<{ from: typeof Va; to: typeof Va }>, 'waitUntil' | 'when' | 'step'>

/** need_rmap_locks: a walk that has seen the new place already would miss what comes to it. */
function needRmapLocks(t: Move): boolean {
  return t.to < t.from
}

function take_rmap_locks({ waitUntil, when }: MoveWords) {
  return when(needRmapLocks, [
    waitUntil(
      'take_rmap_locks(vma)',
      s => can_anon_vma_write(s),
      s => anon_vma_lock_write(s),
    ),
  ])
}

function drop_rmap_locks({ step, when }: MoveWords) {
  return when(needRmapLocks, [step('drop_rmap_locks(vma)', s => anon_vma_unlock_write(s))])
}

export const move_ptes = pageTable.operation(
  'move_ptes',
  {
    source: 'mm/mremap.c',
    params: { from: Va, to: Va },
    locals: { i: int(0, N), table: bool(), flush: bool(), value: Entry },
    returns: bool(),
  },
  words => {
    const { step, waitUntil, when, loop, local, ret } = words
    return [
      waitUntil(
        'pte_alloc(mm, new_pmd)',
        (s, t) => pmd_unlocked(s, t.to),
        (s, t) => {
          take_pmd_lock(s, t.to)
          if (pmd_none(s.vmas[t.to].pmd)) s.vmas[t.to].pmd.kind = 'table'
          pmd_unlock(s, t.to)
        },
      ),
      take_rmap_locks(words),
      waitUntil(
        'old_pte = pte_offset_map_lock(mm, old_pmd, old_addr, &old_ptl)',
        (s, t) => pte_lock_ready(s, t.from),
        (s, t) => {
          t.table = pte_offset_map_lock(s, t.from)
        },
      ),
      when(t => !t.table, [drop_rmap_locks(words), ret(() => false)]),
      waitUntil(
        'spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING)',
        (s, t) => pte_lock_ready(s, t.to),
        (s, t) => {
          pte_offset_map_lock(s, t.to)
          flush_tlb_batched_pending(s, t.from)
        },
      ),
      loop(
        t => t.i < N,
        [
          step('pte = get_and_clear_ptes(mm, old_addr, old_ptep, nr_ptes)', (s, t) => {
            ptep_get_and_clear(s, t.from, t.i, t.value)
            if (t.value.kind === 'present') t.flush = true
          }),
          step('set_ptes(mm, new_addr, new_ptep, pte, nr_ptes)', (s, t) => {
            if (t.value.kind === 'none') return
            s.vmas[t.to].softDirty = true
            if (is_softleaf(t.value)) t.value.rw = true
            else t.value.softDirty = true
            if (!s.vmas[t.to].uffd) {
              t.value.user = false
              t.value.uffd = false
            }
            set_pte_at(s, t.to, t.i, t.value)
          }),
          local(t => {
            t.i++
          }),
        ],
      ),
      when(
        t => t.flush,
        [
          step('flush_tlb_range(vma, old_end - len, old_end)', (s, t) => {
            flush_tlb_range(s, t.from)
          }),
        ],
      ),
      step('spin_unlock(new_ptl)', (s, t) => {
        pte_unmap_unlock(s, t.to)
      }),
      step('pte_unmap_unlock(old_pte, old_ptl)', (s, t) => {
        pte_unmap_unlock(s, t.from)
      }),
      drop_rmap_locks(words),
      ret(() => true),
    ]
  },
)

export const move_page_tables = pageTable.operation(
  'move_page_tables',
  { source: 'mm/mremap.c', params: { from: Va, to: Va }, locals: { pmd: EntryValue, moved: bool() } },
  words => {
    const { step, when, call, label, goto } = words
    return [
      step('mmu_notifier_invalidate_range_start(&range)', (s, t) => {
        mmu_notifier_invalidate_range_start(s, t.from)
      }),
      label('again'),
      step('old_pmd = get_old_pmd(mm, pmc->old_addr)', (s, t) => {
        t.pmd = wordOf(s.vmas[t.from].pmd)
      }),
      when(t => kindOf(t.pmd) === 'none', [goto('out')]),
      when(
        t => kindOf(t.pmd) !== 'table',
        [
          take_rmap_locks(words),
          call(
            'move_pgt_entry(pmc, HPAGE_PMD, old_pmd, new_pmd)',
            move_huge_pmd,
            { from: t => t.from, to: t => t.to },
            (t, moved) => {
              t.moved = moved
            },
          ),
          drop_rmap_locks(words),
          when(t => t.moved, [goto('out')]),
          call('split_huge_pmd(pmc->old, old_pmd, pmc->old_addr)', __split_huge_pmd, {
            va: t => t.from,
            freeze: false,
            folio: NONE,
          }),
        ],
      ),
      call('move_ptes(pmc, extent, old_pmd, new_pmd)', move_ptes, { from: t => t.from, to: t => t.to }, (t, moved) => {
        t.moved = moved
      }),
      when(t => !t.moved, [goto('again')]),
      label('out'),
      step('mmu_notifier_invalidate_range_end(&range)', (s, t) => {
        mmu_notifier_invalidate_range_end(s, t.from)
      }),
    ]
  },
)

/** mremap of a VMA to another place, which was not mapped. */
export const mremap = pageTable.operation(
  'mremap',
  { source: 'mm/mremap.c', params: { from: Va, to: Va }, locals: { gather: Gather, gone: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    waitUntil(
      'mmap_write_lock(mm)',
      (s, t) => can_mmap_write(s, mmOf(t.from)),
      (s, t) => {
        mmap_write_lock(s, mmOf(t.from))
        t.gone = !s.vmas[t.from].present
      },
    ),
    when(t => t.gone, [goto('out')]),
    waitUntil(
      'vma_start_write(vma)',
      (s, t) => can_vma_write(s, t.from),
      (s, t) => vma_start_write(s, t.from),
    ),
    waitUntil(
      'copy_vma(&vma, new_addr, new_len, new_pgoff): anon_vma_lock_write()',
      s => can_anon_vma_write(s),
      (s, t) => {
        anon_vma_lock_write(s)
        const fresh = s.vmas[t.to]
        fresh.present = true
        fresh.attached = true
        fresh.write = s.vmas[t.from].write
        fresh.softDirty = s.vmas[t.from].softDirty
        vma_start_write(s, t.to)
      },
    ),
    step('copy_vma(): anon_vma_unlock_write()', s => {
      anon_vma_unlock_write(s)
    }),
    call('move_page_tables(&pmc)', move_page_tables, { from: t => t.from, to: t => t.to }),
    call('tlb_gather_mmu(&tlb, mm)', tlb_gather_mmu, { va: t => t.from }),
    step('mmu_notifier_invalidate_range_start(&range), old range', (s, t) => {
      inheritData(s, t.from, t.to)
      beginZap(s, t.from, NONE)
      s.vmas[t.from].present = false
      mmu_notifier_invalidate_range_start(s, t.from)
    }),
    call('unmap_vmas(&tlb, &unmap)', zap_pmd_range, { va: t => t.from, only: NONE }, (t, gather) => {
      t.gather = gather
    }),
    step('mmu_notifier_invalidate_range_end(&range), old range', (s, t) => {
      mmu_notifier_invalidate_range_end(s, t.from)
      endZap(s, t.from)
    }),
    waitUntil(
      'unlink_anon_vmas(vma): anon_vma_lock_write()',
      s => can_anon_vma_write(s),
      (s, t) => {
        anon_vma_lock_write(s)
        s.vmas[t.from].attached = false
      },
    ),
    step('unlink_anon_vmas(vma): anon_vma_unlock_write()', s => {
      anon_vma_unlock_write(s)
    }),
    step('free_pgd_range(tlb, addr, end, floor, ceiling)', (s, t) => {
      free_page_tables(s, t.from)
    }),
    call('tlb_finish_mmu(&tlb)', tlb_finish_mmu, { va: t => t.from, gather: t => t.gather, flush: true }),
    label('out'),
    step('mmap_write_unlock(mm)', (s, t) => {
      mmap_write_unlock(s, mmOf(t.from))
    }),
  ],
)
