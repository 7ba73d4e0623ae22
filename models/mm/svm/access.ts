import { bool, expect } from 'foliocheck'
import { deviceReachesUsed, readSeesLastWrite } from '../../../properties/svm/notifier.js'
import { mapcount, pageAt } from '../../machine/svm/index.js'
import { Data, Va } from '../../machine/svm/sizes.js'
import { type State, svm, type Words } from '../../machine/svm/state.js'
import { handle_mm_fault } from './fault.js'

/**
 * Loads and stores. The CPU's TLBs are the page-table machine's matter; the device's are flushed where its entries go.
 */

/** An access that has reached page `p` through address `va`. */
function reach(s: State, va: number, p: number, write: boolean, value: number): void {
  const pte = s.ptes[va]
  if (write) {
    s.pages[p].data = value
    pte.want = value
  } else expect(readSeesLastWrite, s.pages[p].data === pte.want, `va${va} reads ${s.pages[p].data}, not ${pte.want}`)
}

const access = {
  source: 'the CPU',
  params: { va: Va, write: bool(), value: Data },
  locals: { done: bool() },
}
type AccessWords = Words<typeof access.params, typeof access.locals>

const accessBy =
  (retry: (words: AccessWords) => ReturnType<AccessWords['step']>[]) =>
  (words: AccessWords): ReturnType<AccessWords['step']>[] => {
    const { step, when, call, label, goto } = words
    return [
      label('again'),
      step('load or store', (s, t) => {
        const { kind, pfn, write } = s.ptes[t.va]
        t.done = kind === 'present' && (write || !t.write)
        if (!t.done) return
        pageAt(s, pfn)
        reach(s, t.va, pfn, t.write, t.value)
      }),
      when(
        t => !t.done,
        [
          call('handle_mm_fault(vma, address, flags)', handle_mm_fault, { va: t => t.va }),
          ...retry(words),
          goto('again'),
        ],
      ),
    ]
  }

/** A thread of the process reads or writes. */
export const user_access = svm.operation(
  'user_access',
  access,
  accessBy(() => []),
)

/**
 * Until v6.14 a fault comes to nothing where somebody else has the folio locked or referenced, and is tried again and
 * again: of those faults the first is there, and the one that can come to something.
 */
export const user_access_v6_14 = svm.operation(
  'user_access',
  access,
  accessBy(({ waitUntil }) => [
    waitUntil('the fault again, until nobody else is there', (s, t) => {
      const { kind, pfn } = s.ptes[t.va]
      return kind !== 'device' || (!s.pages[pfn].locked && s.pages[pfn].ref === mapcount(s, pfn))
    }),
  ]),
)

/** The device reads or writes, if its page table lets it; a fault of the device is what the scenario's driver handles. */
export const gpu_access = svm.operation(
  'gpu_access',
  { source: 'the device', params: { va: Va, write: bool(), value: Data } },
  ({ step }) => [
    step('load or store', (s, t) => {
      const { valid, pfn, write } = s.gpu[t.va]
      if (!valid || (t.write && !write)) return
      expect(deviceReachesUsed, s.pages[pfn].used, `p${pfn} is free`)
      reach(s, t.va, pfn, t.write, t.value)
    }),
  ],
)
