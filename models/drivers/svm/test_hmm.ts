import { bool, NONE } from 'foliocheck'
import { can_lock, free_page, mutex_unlock, take_mutex } from '../../machine/svm/index.js'
import { Pfn, Seq, Src, Va } from '../../machine/svm/sizes.js'
import { svm, type Words } from '../../machine/svm/state.js'
import { migrate_vma_setup } from '../../mm/svm/migrate.js'
import { tearDown } from './device-table.js'
import { rangeFault, rangeFaultBy } from './range-fault.js'
import { migrate_locked_to_ram } from './to_ram.js'

/**
 * lib/test_hmm.c.
 *
 * | driver function             | steps                                        | abstracted, and why that is sound                    |
 * |-----------------------------|----------------------------------------------|------------------------------------------------------|
 * | dmirror_range_fault         | begin; fault; mutex; retry; store; unlock    | A device page and its backing page are one frame:    |
 * |                             |                                              | they come and go together.                           |
 * | dmirror_interval_invalidate | own migration; mutex; seq; erase; unlock     | –                                                    |
 * | dmirror_devmem_fault        | setup; erase; copy; pages; finalize          | The mirror is erased without the mutex, as there.    |
 */
const source = 'lib/test_hmm.c'

export const dmirror_range_fault = svm.operation(
  'dmirror_range_fault',
  { source, ...rangeFault },
  rangeFaultBy({
    range: 'range',
    notifier: 'range->notifier',
    seq: 'range->notifier_seq',
    mutex: '&dmirror->mutex',
    program: 'dmirror_do_fault(dmirror, range)',
  }),
)

const invalidation = { source, params: { seq: Seq, migrate: bool() } }
type InvalidateWords = Words<typeof invalidation.params>

const lock = ({ waitUntil }: InvalidateWords) =>
  waitUntil(
    'mutex_lock(&dmirror->mutex)',
    s => can_lock(s, 'notifierLock'),
    (s, t) => {
      take_mutex(s, 'notifierLock')
      s.notifier.interval = t.seq
    },
  )
const erase = ({ step }: InvalidateWords) =>
  step('dmirror_do_update(dmirror, range->start, range->end)', s => {
    tearDown(s)
  })
const unlock = ({ step }: InvalidateWords) =>
  step('mutex_unlock(&dmirror->mutex)', s => {
    mutex_unlock(s, 'notifierLock')
  })

export const dmirror_interval_invalidate = svm.operation('dmirror_interval_invalidate', invalidation, words => [
  words.when(t => t.migrate, [words.ret()]),
  lock(words),
  erase(words),
  unlock(words),
])

/** As proposed: the migration takes care of the mirror, and of what has been read for it nobody but the sequence. */
export const dmirror_interval_invalidate_sets_seq = svm.operation(
  'dmirror_interval_invalidate',
  invalidation,
  words => [lock(words), words.when(t => !t.migrate, [erase(words)]), unlock(words)],
)

/** dev_pagemap_ops.migrate_to_ram. */
export const dmirror_devmem_fault = svm.operation(
  'dmirror_devmem_fault',
  { source, params: { va: Va, page: Pfn }, locals: { src: Src } },
  ({ step, call, when, ret }) => [
    call(
      'migrate_vma_setup(&args)',
      migrate_vma_setup,
      { va: t => t.va, fault: t => t.page, system: false, device: true },
      (t, src) => {
        t.src = src
      },
    ),
    when(t => t.src === NONE, [ret()]),
    step('xa_erase(&dmirror->pt, addr >> PAGE_SHIFT)', (s, t) => {
      const gpu = s.gpu[t.va]
      gpu.valid = false
      gpu.pfn = NONE
      gpu.write = false
    }),
    call('copy, migrate_vma_pages(&args), dmirror_devmem_fault_finalize()', migrate_locked_to_ram, {
      va: t => t.va,
      page: t => t.src,
      fault: t => t.page,
    }),
  ],
)

/** dev_pagemap_ops.folio_free. */
export const dmirror_devmem_free = svm.operation(
  'dmirror_devmem_free',
  { source, params: { page: Pfn } },
  ({ step }) => [
    step('__free_page(rpage); list_add(page)', (s, t) => {
      free_page(s, t.page)
    }),
  ],
)

/** What a scenario binds. */
export const test_hmm = {
  migrate_to_ram: dmirror_devmem_fault,
  invalidate: dmirror_interval_invalidate,
  folio_free: dmirror_devmem_free,
}
