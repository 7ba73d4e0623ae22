import { bool, current } from 'foliocheck'
import { invalidate } from '../../machine/svm/hooks.js'
import { schedule } from '../../machine/svm/locks.js'
import { Seq } from '../../machine/svm/sizes.js'
import { svm } from '../../machine/svm/state.js'

/**
 * | kernel function                     | steps (I1–I5, R1, R2)                 | abstracted, and why that is sound            |
 * |-------------------------------------|---------------------------------------|----------------------------------------------|
 * | mmu_notifier_invalidate_range_start | count and seq; the driver's callback  | Every range overlaps the one interval: what  |
 * |                                     |                                       | does not, invalidates nothing.               |
 * | mmu_notifier_invalidate_range_end   | one                                   | Deferred changes of the interval tree.       |
 * | mmu_interval_read_begin             | read; wait                            | –                                            |
 */
const source = 'mm/mmu_notifier.c'

/** `migrate`: the event is MMU_NOTIFY_MIGRATE, its owner the driver itself. */
export const mmu_notifier_invalidate_range_start = svm.operation(
  'mmu_notifier_invalidate_range_start',
  { source, params: { migrate: bool() }, locals: { seq: Seq } },
  ({ step, call }) => [
    step('mn_itree_inv_start_range(subscriptions, range, &cur_seq)', (s, t) => {
      s.notifier.active++
      s.cpus[current()].ranges++
      s.notifier.seq |= 1
      t.seq = s.notifier.seq
    }),
    call('interval_sub->ops->invalidate(interval_sub, range, cur_seq)', invalidate, {
      seq: t => t.seq,
      migrate: t => t.migrate,
    }),
  ],
)

export const mmu_notifier_invalidate_range_end = svm.operation(
  'mmu_notifier_invalidate_range_end',
  { source },
  ({ step }) => [
    step('mn_itree_inv_end(subscriptions)', s => {
      s.notifier.active--
      s.cpus[current()].ranges--
      if (s.notifier.active === 0 && s.notifier.seq % 2 === 1) s.notifier.seq++
    }),
  ],
)

export const mmu_interval_read_begin = svm.operation(
  'mmu_interval_read_begin',
  { source, locals: { seq: Seq, invalidating: bool() }, returns: Seq },
  ({ step, when, waitUntil, ret }) => [
    step('seq = READ_ONCE(interval_sub->invalidate_seq)', (s, t) => {
      t.seq = s.notifier.interval
      t.invalidating = t.seq === s.notifier.seq
      if (t.invalidating) schedule(s)
    }),
    when(
      t => t.invalidating,
      [
        waitUntil(
          'wait_event(subscriptions->wq, READ_ONCE(subscriptions->invalidate_seq) != seq)',
          (s, t) => s.notifier.seq !== t.seq,
        ),
      ],
    ),
    ret(t => t.seq),
  ],
)
