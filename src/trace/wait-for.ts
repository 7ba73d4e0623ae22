import { type Lock, Locks, NONE } from '../explore/locks/held.js'
import { running } from '../program/current.js'
import type { Program } from '../program/program.js'
import { type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import type { LockClass } from '../property/locks.js'
import { ordinalOf } from '../system/system.js'
import { watched } from './reads.js'

/** A thread waits for a lock that another one holds. */
interface Wait {
  readonly thread: number
  readonly lock: Lock
  readonly holder: number
}

/** Who waits for which lock held by whom, round in a circle; undefined where the declared locks show none. */
export function waitCycle(program: Program, classes: readonly LockClass[], state: ReferenceState): string | undefined {
  const locks = new Locks(classes)
  const waits = program.threads.flatMap((_, t) => waitsOf(program, locks, state, t))
  for (const first of waits) {
    const cameFrom = new Map<Wait, Wait | undefined>([[first, undefined]])
    for (const at of cameFrom.keys()) {
      if (at.holder === first.thread) {
        const circle: Wait[] = []
        for (let back: Wait | undefined = at; back; back = cameFrom.get(back)) circle.unshift(back)
        const name = (t: number) => program.threads[t].name
        return circle
          .map(({ thread, lock, holder }) => `${name(thread)} waits for ${locks.nameOf(lock)}, held by ${name(holder)}`)
          .join('; ')
      }
      for (const next of waits) if (next.thread === at.holder && !cameFrom.has(next)) cameFrom.set(next, at)
    }
  }
  return undefined
}

function waitsOf(program: Program, locks: Locks, state: ReferenceState, thread: number): Wait[] {
  return waitsFor(program, locks, state, thread).flatMap((held, holder) =>
    locks.all.flatMap((lock, i) => (held[i] === NONE ? [] : [{ thread, lock, holder }])),
  )
}

/**
 * For each thread, how it holds the locks that a blocked thread waits for: those that are told to be held by a field that
 * its condition reads. Empty for a thread that is not blocked.
 */
export function waitsFor(program: Program, locks: Locks, state: ReferenceState, thread: number): Uint8Array[] {
  const system = new ReferenceSystem(program)
  const step = system.stepAt(state, thread)
  if (step.kind !== 'wait' || system.enabled(state).includes(ordinalOf(thread, 0))) return []
  const { schema } = program.scenario
  const readsOf = (look: (shared: object) => unknown) => {
    const paths = new Set<string>()
    running.thread = thread
    look(watched(schema, state.shared as object, ({ path }) => paths.add(path.join('.'))))
    return paths
  }
  const awaited = readsOf(shared => step.ready(shared as never, state.threads[thread].frames.at(-1) as never))
  return program.threads.map((_, holder) => {
    const held = locks.of(state.shared, holder)
    return held.map((as, i) => {
      if (as === NONE) return NONE
      const { of, instance } = locks.all[i]
      const read = readsOf(shared => locks.classes[of].holds(shared as never, instance, holder))
      return [...read].some(path => awaited.has(path)) ? as : NONE
    })
  })
}
