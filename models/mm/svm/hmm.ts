import { bool, NONE } from 'foliocheck'
import { PAGES, PEER, Pfn, Seq, Va } from '../../machine/svm/sizes.js'
import { type State, svm } from '../../machine/svm/state.js'
import { handle_mm_fault, migration_entry_wait } from './fault.js'

/**
 * | kernel function | steps (E1–E6)                               | abstracted, and why that is sound                     |
 * |-----------------|---------------------------------------------|-------------------------------------------------------|
 * | hmm_range_fault | seq; per entry one read; faults from there  | Timeouts. The walk's lock: a table is never freed.     |
 * |                 | to the end of the range; again              |                                                        |
 * | hmm_vma_fault   | handle_mm_fault for each page               | Faults inside the walk or after it: nothing is held.   |
 */

/** What the reader needs for the entry of `va`: nothing, a fault, or to wait for a migration. */
function entryFor(s: State, va: number, write: boolean): 'ok' | 'fault' | 'wait' {
  const { kind, pfn, write: writable } = s.ptes[va]
  if (kind === 'migration') return 'wait'
  const usable = kind === 'present' || (kind === 'device' && pfn !== PEER)
  return usable && (writable || !write) ? 'ok' : 'fault'
}

/** Snapshots `first`..`last` into hmm_pfns, faulting in what is not there. False: the sequence has changed. */
export const hmm_range_fault = svm.operation(
  'hmm_range_fault',
  {
    source: 'mm/hmm.c',
    params: { first: Va, last: Va, write: bool(), seq: Seq },
    locals: { i: Va, page: Pfn, fault: bool(), wait: bool(), busy: bool() },
    returns: bool(),
  },
  ({ step, when, loop, local, call, label, goto, ret }) => [
    label('again'),
    step('mmu_interval_check_retry(range->notifier, range->notifier_seq)', (s, t) => {
      t.busy = s.notifier.interval !== t.seq
      t.i = t.first
      t.fault = false
      t.wait = false
    }),
    when(t => t.busy, [ret(() => false)]),
    loop(
      t => t.i !== NONE && t.i <= t.last && !t.fault && !t.wait,
      [
        step('hmm_vma_handle_pte(walk, addr, end, pmdp, ptep, hmm_pfns)', (s, t) => {
          const need = entryFor(s, t.i, t.write)
          t.fault = need === 'fault'
          t.wait = need === 'wait'
          t.page = s.ptes[t.i].pfn
          if (need !== 'ok') return
          s.hmm[t.i].pfn = t.page
          s.hmm[t.i].write = s.ptes[t.i].write
        }),
        when(
          t => !t.fault && !t.wait,
          [
            local(t => {
              t.i = t.i < PAGES - 1 ? t.i + 1 : NONE
            }),
          ],
        ),
      ],
    ),
    when(
      t => t.wait,
      [
        call('migration_entry_wait(walk->mm, pmdp, addr)', migration_entry_wait, { va: t => t.i, page: t => t.page }),
        goto('again'),
      ],
    ),
    when(
      t => t.fault,
      [
        loop(
          t => t.i !== NONE && t.i <= t.last,
          [
            call('hmm_vma_fault(addr, end, required_fault, walk)', handle_mm_fault, { va: t => t.i }),
            local(t => {
              t.i = t.i < PAGES - 1 ? t.i + 1 : NONE
            }),
          ],
        ),
        goto('again'),
      ],
    ),
    ret(() => true),
  ],
)
