import { does, type Kernel, kernel, noDeadlock, type Property, type Scenario, scenario, thread } from 'foliocheck'
import { fault, folio_put, free_folio, zap } from './life/memory.js'
import { balanced, compound, live, mm } from './life/state.js'
import { evict, split, walk } from './life/visitors.js'

/** How much the threads do. */
export interface Size {
  /** Order of the first folio of cpu0. */
  readonly order: 1 | 2
  /** Folios that cpu0 faults in and zaps, one after the other. */
  readonly rounds: number
  readonly evictions: number
  readonly walks: number
  readonly splits: number
}

/** A model to measure with. */
export interface BenchModel {
  readonly kernel: Kernel
  readonly scenario: Scenario
  readonly properties: readonly Property[]
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** Four threads on four pages; `bench/promela/lifecycle.pml` is the same model. */
export function lifecycle({ order, rounds, evictions, walks, splits }: Size): BenchModel {
  const n = 1 << order
  return {
    kernel: kernel('life cycle', { date: '', about: 'device folios' }, [
      free_folio,
      folio_put,
      fault,
      zap,
      evict,
      walk,
      split,
    ]),
    scenario: scenario('life cycle', mm, {
      about: 'a folio is faulted in and zapped, while others evict, look up and split',
      initial: [
        s => {
          s.free = s.pages.length
        },
      ],
      threads: [
        thread('cpu0', ...upTo(rounds).flatMap(() => [does(fault, { va: 0, order }), does(zap, { va: 0, n })])),
        thread('cpu1', ...upTo(evictions).map(i => does(evict, { va: i % n }))),
        thread('cpu2', ...upTo(walks).map(i => does(walk, { va: (n - 1 + i) % n }))),
        thread('cpu3', ...upTo(splits).map(() => does(split, { page: 0 }))),
      ],
    }),
    properties: [balanced, compound, live, noDeadlock],
  }
}
