import { NONE } from 'foliocheck'
import type { State } from '../../machine/svm/state.js'

/** The device's page table and what every driver does to it under its lock. Each call is part of one step. */

/** Programs the entries of `first`..`last` from hmm_pfns. */
export function program(s: State, first: number, last: number): void {
  for (let va = first; va <= last; va++) {
    const gpu = s.gpu[va]
    gpu.valid = true
    gpu.pfn = s.hmm[va].pfn
    gpu.write = s.hmm[va].write
  }
}

/** Tears down every entry, and flushes the device's TLB. */
export function tearDown(s: State): void {
  for (const gpu of s.gpu) {
    gpu.valid = false
    gpu.pfn = NONE
    gpu.write = false
  }
}
