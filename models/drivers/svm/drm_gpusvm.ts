import { bool } from 'foliocheck'
import { can_lock, mutex_unlock, take_mutex } from '../../machine/svm/index.js'
import { Seq, Va } from '../../machine/svm/sizes.js'
import { svm } from '../../machine/svm/state.js'
import { hmm_range_fault } from '../../mm/svm/hmm.js'
import { mmu_interval_read_begin } from '../../mm/svm/notifier.js'
import { program, tearDown } from './device-table.js'

/**
 * drivers/gpu/drm/drm_gpusvm.c, and how xe binds a range.
 *
 * | driver function                 | steps                                       | abstracted, and why that is sound         |
 * |---------------------------------|---------------------------------------------|-------------------------------------------|
 * | drm_gpusvm_get_pages            | begin; fault; lock; retry; valid; unlock    | DMA addresses: they are there as long as  |
 * |                                 |                                             | the pages are valid.                      |
 * | xe_svm_handle_pagefault         | get pages; lock; valid? ; program; unlock   | Job and fence of the page-table update.   |
 * | drm_gpusvm_notifier_invalidate  | lock; seq; unmap; unlock                    | Every range lies under the one notifier.  |
 */
const source = 'drivers/gpu/drm/drm_gpusvm.c'

export const drm_gpusvm_get_pages = svm.operation(
  'drm_gpusvm_get_pages',
  { source, params: { first: Va, last: Va, write: bool() }, locals: { seq: Seq, ok: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    label('retry'),
    call('mmu_interval_read_begin(notifier)', mmu_interval_read_begin, {}, (t, seq) => {
      t.seq = seq
    }),
    call(
      'hmm_range_fault(&hmm_range)',
      hmm_range_fault,
      { first: t => t.first, last: t => t.last, write: t => t.write, seq: t => t.seq },
      (t, ok) => {
        t.ok = ok
      },
    ),
    when(t => !t.ok, [goto('retry')]),
    waitUntil(
      'drm_gpusvm_notifier_lock(gpusvm)',
      s => can_lock(s, 'notifierLock'),
      s => {
        take_mutex(s, 'notifierLock')
      },
    ),
    step('mmu_interval_read_retry(notifier, hmm_range.notifier_seq)', (s, t) => {
      t.ok = s.notifier.interval === t.seq
    }),
    when(
      t => t.ok,
      [
        step('svm_pages->flags.has_dma_mapping = true', s => {
          s.pagesValid = true
        }),
      ],
    ),
    step('drm_gpusvm_notifier_unlock(gpusvm)', s => {
      mutex_unlock(s, 'notifierLock')
    }),
    when(t => !t.ok, [goto('retry')]),
  ],
)

/** A fault of the device: maps the range. */
export const xe_svm_handle_pagefault = svm.operation(
  'xe_svm_handle_pagefault',
  { source: 'drivers/gpu/drm/xe/xe_svm.c', params: { first: Va, last: Va, write: bool() }, locals: { ok: bool() } },
  ({ step, waitUntil, when, call, label, goto }) => [
    label('retry'),
    call('drm_gpusvm_range_get_pages(&vm->svm.gpusvm, r, &ctx)', drm_gpusvm_get_pages, {
      first: t => t.first,
      last: t => t.last,
      write: t => t.write,
    }),
    waitUntil(
      'xe_svm_notifier_lock(vm)',
      s => can_lock(s, 'notifierLock'),
      s => {
        take_mutex(s, 'notifierLock')
      },
    ),
    step('drm_gpusvm_range_pages_valid(&vm->svm.gpusvm, range)', (s, t) => {
      t.ok = s.pagesValid
    }),
    when(
      t => t.ok,
      [
        step('xe_vm_range_rebind(vm, vma, range, tile_mask)', (s, t) => {
          program(s, t.first, t.last)
        }),
      ],
    ),
    step('xe_svm_notifier_unlock(vm)', s => {
      mutex_unlock(s, 'notifierLock')
    }),
    when(t => !t.ok, [goto('retry')]),
  ],
)

export const drm_gpusvm_notifier_invalidate = svm.operation(
  'drm_gpusvm_notifier_invalidate',
  { source, params: { seq: Seq, migrate: bool() } },
  ({ step, waitUntil }) => [
    waitUntil(
      'down_write(&gpusvm->notifier_lock)',
      s => can_lock(s, 'notifierLock'),
      s => {
        take_mutex(s, 'notifierLock')
      },
    ),
    step('mmu_interval_set_seq(mni, cur_seq)', (s, t) => {
      s.notifier.interval = t.seq
    }),
    step('gpusvm->ops->invalidate(gpusvm, notifier, mmu_range)', s => {
      tearDown(s)
      s.pagesValid = false
    }),
    step('up_write(&gpusvm->notifier_lock)', s => {
      mutex_unlock(s, 'notifierLock')
    }),
  ],
)
