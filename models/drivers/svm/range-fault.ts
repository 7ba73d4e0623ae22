import { bool } from 'foliocheck'
import { can_lock, mutex_unlock, take_mutex } from '../../machine/svm/index.js'
import { Seq, Va } from '../../machine/svm/sizes.js'
import type { Words } from '../../machine/svm/state.js'
import { hmm_range_fault } from '../../mm/svm/hmm.js'
import { mmu_interval_read_begin } from '../../mm/svm/notifier.js'
import { program } from './device-table.js'

/** Documentation/mm/hmm.rst: how a driver mirrors a range, as test_hmm and nouveau do it alike. */

export const rangeFault = {
  params: { first: Va, last: Va, write: bool() },
  locals: { seq: Seq, ok: bool() },
}

/** What the driver's text calls the things. */
interface Spelling {
  readonly range: string
  readonly notifier: string
  readonly seq: string
  readonly mutex: string
  /** How it fills the device's page table. */
  readonly program: string
}

/** Begin; fault; under the mutex that invalidation takes, retry or fill the device's page table. */
export function rangeFaultBy(spelling: Spelling) {
  return ({ step, waitUntil, when, call, label, goto }: Words<typeof rangeFault.params, typeof rangeFault.locals>) => [
    label('again'),
    call(`mmu_interval_read_begin(${spelling.notifier})`, mmu_interval_read_begin, {}, (t, seq) => {
      t.seq = seq
    }),
    call(
      `hmm_range_fault(${spelling.range})`,
      hmm_range_fault,
      { first: t => t.first, last: t => t.last, write: t => t.write, seq: t => t.seq },
      (t, ok) => {
        t.ok = ok
      },
    ),
    when(t => !t.ok, [goto('again')]),
    waitUntil(
      `mutex_lock(${spelling.mutex})`,
      s => can_lock(s, 'notifierLock'),
      s => {
        take_mutex(s, 'notifierLock')
      },
    ),
    step(`mmu_interval_read_retry(${spelling.notifier}, ${spelling.seq})`, (s, t) => {
      t.ok = s.notifier.interval === t.seq
    }),
    when(
      t => t.ok,
      [
        step(spelling.program, (s, t) => {
          program(s, t.first, t.last)
        }),
      ],
    ),
    step(`mutex_unlock(${spelling.mutex})`, s => {
      mutex_unlock(s, 'notifierLock')
    }),
    when(t => !t.ok, [goto('again')]),
  ]
}
