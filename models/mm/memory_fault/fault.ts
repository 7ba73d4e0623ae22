import { bool, int } from 'foliocheck'
import { EntryValue, kindOf, protnoneOf, uffdOf, wordOf, writesOf } from '../../machine/page-table/entry-value.js'
import {
  can_mmap_read,
  loadData,
  mmap_read_lock,
  mmap_read_unlock,
  mmOf,
  storeData,
  translate,
  vma_end_read,
  vma_start_read,
} from '../../machine/page-table/index.js'
import { Index, Tlb, Va } from '../../machine/page-table/sizes.js'
import { pageTable } from '../../machine/page-table/state.js'
import { do_huge_pmd_anonymous_page } from '../huge_memory_pmd/anon-fault.js'
import { do_huge_pmd_device_private, FaultResult } from '../huge_memory_pmd/device-fault.js'
import { do_huge_pmd_numa_page, do_huge_pmd_wp_page, huge_pmd_set_accessed } from '../huge_memory_pmd/wp-fault.js'
import { pmd_migration_entry_wait } from '../migrate_entries/wait.js'
import { handle_pte_fault } from './pte.js'

/**
 * | kernel function   | steps (H1–H7)                                  | abstracted, and why that is sound                     |
 * |-------------------|------------------------------------------------|-------------------------------------------------------|
 * | __handle_mm_fault | one look at the PMD; dispatch                  | The look for none and the one for everything else are |
 * |                   |                                                | one: every branch decides again under the lock. THP   |
 * |                   |                                                | is always allowed.                                    |
 * | a CPU's access    | TLB or walk; VMA lock or mmap_lock; fault;     | The access itself is one step with its translation;   |
 * |                   | again                                          | a later one through the same TLB entry is another.    |
 */

/** What becomes of a fault at PMD level, or below. */
export const __handle_mm_fault = pageTable.operation(
  '__handle_mm_fault',
  {
    source: 'mm/memory.c',
    params: { va: Va, index: Index, write: bool(), vmaLock: bool() },
    locals: { orig: EntryValue, result: FaultResult },
    returns: FaultResult,
  },
  ({ step, when, call, ret }) => [
    step('vmf.orig_pmd = pmdp_get_lockless(vmf.pmd)', (s, t) => {
      t.orig = wordOf(s.vmas[t.va].pmd)
    }),
    when(
      t => kindOf(t.orig) === 'none',
      [call('create_huge_pmd(&vmf)', do_huge_pmd_anonymous_page, { va: t => t.va }), ret(() => 'done')],
    ),
    when(
      t => kindOf(t.orig) === 'device',
      [
        call(
          'do_huge_pmd_device_private(&vmf)',
          do_huge_pmd_device_private,
          { va: t => t.va, vmaLock: t => t.vmaLock, orig: t => t.orig },
          (t, result) => {
            t.result = result
          },
        ),
        ret(t => t.result),
      ],
    ),
    when(
      t => kindOf(t.orig) === 'migration',
      [call('pmd_migration_entry_wait(mm, vmf.pmd)', pmd_migration_entry_wait, { va: t => t.va }), ret(() => 'done')],
    ),
    when(
      t => kindOf(t.orig) === 'present' || kindOf(t.orig) === 'invalid',
      [
        when(
          t => protnoneOf(t.orig),
          [
            call('do_huge_pmd_numa_page(&vmf)', do_huge_pmd_numa_page, { va: t => t.va, orig: t => t.orig }),
            ret(() => 'done'),
          ],
        ),
        when(
          t => t.write && !writesOf(t.orig),
          [
            when(t => uffdOf(t.orig), [ret(() => 'trapped')]),
            call('wp_huge_pmd(&vmf)', do_huge_pmd_wp_page, { va: t => t.va, orig: t => t.orig }, (t, result) => {
              t.result = result
            }),
            when(t => t.result !== 'fallback', [ret(() => 'done')]),
          ],
          [
            call('huge_pmd_set_accessed(&vmf)', huge_pmd_set_accessed, {
              va: t => t.va,
              write: t => t.write,
              orig: t => t.orig,
            }),
            ret(() => 'done'),
          ],
        ),
      ],
    ),
    call(
      'handle_pte_fault(&vmf)',
      handle_pte_fault,
      { va: t => t.va, index: t => t.index, write: t => t.write, vmaLock: t => t.vmaLock },
      (t, result) => {
        t.result = result
      },
    ),
    ret(t => t.result),
  ],
)

/**
 * User code on CPU `cpu` loads from page `index` of the VMA, or stores `value`. Ends without having done so when the
 * VMA forbids it, is gone, or userfaultfd has write-protected it.
 */
export const user_access = pageTable.operation(
  'user_access',
  {
    source: 'arch/x86/mm/fault.c',
    params: { cpu: Tlb, va: Va, index: Index, write: bool(), value: int(0, 3) },
    locals: { done: bool(), vmaLock: bool(), retry: bool(), allowed: bool(), result: FaultResult },
  },
  ({ step, waitUntil, when, call, ret, label, goto }) => [
    label('access'),
    step('the access', (s, t) => {
      const frame = translate(s, t.cpu, t.va, t.index, t.write)
      if (frame < 0) return
      t.done = true
      if (t.write) storeData(s, t.va, t.index, frame, t.value)
      else loadData(s, t.va, t.index, frame)
    }),
    when(t => t.done, [ret()]),
    when(
      t => !t.retry,
      [
        step('vma = lock_vma_under_rcu(mm, address)', (s, t) => {
          t.vmaLock = vma_start_read(s, t.va)
        }),
      ],
    ),
    when(
      t => !t.vmaLock,
      [
        waitUntil(
          'mmap_read_lock(mm)',
          (s, t) => can_mmap_read(s, mmOf(t.va)),
          (s, t) => mmap_read_lock(s, mmOf(t.va)),
        ),
      ],
    ),
    step('access_error(error_code, vma)', (s, t) => {
      const { present, write } = s.vmas[t.va]
      t.allowed = present && (write || !t.write)
      if (t.allowed) return
      if (t.vmaLock) vma_end_read(s, t.va)
      else mmap_read_unlock(s, mmOf(t.va))
    }),
    when(t => !t.allowed, [ret()]),
    call(
      'handle_mm_fault(vma, address, flags, regs)',
      __handle_mm_fault,
      { va: t => t.va, index: t => t.index, write: t => t.write, vmaLock: t => t.vmaLock },
      (t, result) => {
        t.result = result
      },
    ),
    when(
      t => t.result !== 'retry',
      [
        step('vma_end_read(vma) or mmap_read_unlock(mm)', (s, t) => {
          if (t.vmaLock) vma_end_read(s, t.va)
          else mmap_read_unlock(s, mmOf(t.va))
        }),
      ],
    ),
    when(t => t.result === 'trapped', [ret()]),
    when(
      t => t.result === 'retry',
      [
        step('goto retry', (_s, t) => {
          t.retry = true
          t.vmaLock = false
        }),
      ],
      [
        step('return from the fault', (_s, t) => {
          t.retry = false
          t.vmaLock = false
        }),
      ],
    ),
    goto('access'),
  ],
)
