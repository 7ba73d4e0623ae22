import type { Program } from '../../program/program.js'
import { threadOf } from '../../system/system.js'
import type { Run } from '../result.js'
import { runTo } from '../run-to.js'
import type { StateStore } from '../store/store.js'
import { type Conflict, Racing } from './racing.js'

/** Every how many states the caller is asked whether to go on. */
const TICK = 1024

/**
 * The first state of a store, in the order in which they were found, in which two threads can both take a step, the two
 * conflict, and one of them is plain: the run to it, and both steps. `tested` says whether a plain step had company.
 * @param tick is called now and then; it throws to end the search.
 */
export function findRace(
  program: Program,
  store: StateStore,
  tick: () => void,
): { readonly run: Run | undefined; readonly tested: boolean } {
  const some = program.threads.some(({ steps }) => steps.some(step => step.access === 'plain'))
  if (!some) return { run: undefined, tested: false }
  const racing = new Racing(program)
  const { system } = racing
  const threads = system.threads.map((_, t) => t)
  let tested = false
  for (let id = 0; id < store.count; id++) {
    if (id % TICK === 0) tick()
    store.load(id, system.vector)
    const plain = threads.filter(t => racing.isPlain(t))
    if (plain.length === 0) continue
    const steps = threads.map(t => racing.stepsOf(t))
    for (const t of plain) {
      for (const u of threads) {
        if (u === t || (u < t && plain.includes(u))) continue
        for (const a of steps[t]) {
          for (const b of steps[u]) {
            tested = true
            const conflicts = racing.conflicts(a, b)
            const both = conflicts.length > 0 ? inOrder(racing, conflicts, a, b) : undefined
            if (!both) continue
            return { run: runTo(store, id, ...both), tested }
          }
        }
      }
    }
  }
  return { run: undefined, tested }
}

/** The two steps one after the other, the one that writes first if it can be; undefined if neither order is possible. */
function inOrder(racing: Racing, conflicts: readonly Conflict[], a: number, b: number): [number, number] | undefined {
  const { system } = racing
  const here = system.vector.slice()
  const writerFirst = conflicts[0].writes[0]
  const orders: [number, number][] = writerFirst
    ? [
        [a, b],
        [b, a],
      ]
    : [
        [b, a],
        [a, b],
      ]
  return orders.find(([first, second]) => {
    system.fire(first)
    const able = racing.stepsOf(threadOf(second)).includes(second)
    system.vector.set(here)
    return able
  })
}
