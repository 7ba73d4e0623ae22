import type { LockClass } from '../../property/locks.js'
import { EXCLUSIVE, type Lock, type Locks, NONE, SHARED } from './held.js'

/** A thread waits for one lock while it holds another. */
export interface Dependency {
  readonly thread: number
  readonly held: Lock
  readonly heldAs: number
  readonly wanted: Lock
  readonly wantedAs: number
}

/** What depends on what, where a blocking step has made its thread hold more than it held before. */
export function acquired(locks: Locks, thread: number, before: Uint8Array, after: Uint8Array): Dependency[] {
  return dependencies(locks, thread, before, i => (after[i] > before[i] ? after[i] : NONE))
}

/** What depends on what, where a thread waits under `holds` for what another one, or it itself, holds as `by` says. */
export function awaited(locks: Locks, thread: number, holds: Uint8Array, by: Uint8Array): Dependency[] {
  return dependencies(locks, thread, holds, i => (by[i] === NONE ? NONE : by[i] === EXCLUSIVE ? SHARED : EXCLUSIVE))
}

function dependencies(
  { all }: Locks,
  thread: number,
  holds: Uint8Array,
  wantedAs: (lock: number) => number,
): Dependency[] {
  return all.flatMap((wanted, w) => {
    const as = wantedAs(w)
    if (as === NONE) return []
    return all.flatMap((held, h) =>
      holds[h] === NONE ? [] : [{ thread, held, heldAs: holds[h], wanted, wantedAs: as }],
    )
  })
}

/** Whether the order of the two locks matters: not where the kernel nests locks of one class in an order of its own. */
export function ordered(classes: readonly LockClass[], { held, wanted }: Dependency): boolean {
  if (held.of !== wanted.of || held.instance === wanted.instance) return true
  return classes[held.of].nests?.(held.instance, wanted.instance) !== true
}

/** Whether it waits, under a spinlock, for something that may let it sleep. */
export function sleepsUnderSpinlock(classes: readonly LockClass[], { held, wanted }: Dependency): boolean {
  return !classes[held.of].sleeps && classes[wanted.of].sleeps
}

/** Dependencies of one kind are alike for everything that is asked of them. */
export function kindOf({ held, heldAs, wanted, wantedAs }: Dependency): string {
  return `${held.of} ${heldAs} ${wanted.of} ${wantedAs}`
}

/**
 * Whether one who waits as in `a` can be kept waiting by one who holds as in `b`: both speak of one class, and not both
 * only read, unless readers queue behind writers.
 */
export function leadsTo(classes: readonly LockClass[], a: Dependency, b: Dependency): boolean {
  if (a.wanted.of !== b.held.of) return false
  return a.wantedAs === EXCLUSIVE || b.heldAs === EXCLUSIVE || classes[b.held.of].queues === true
}

/** The first of the shortest cycles among dependencies, each of which leads to the next; undefined when there is none. */
export function findCycle(classes: readonly LockClass[], among: readonly Dependency[]): Dependency[] | undefined {
  let best: Dependency[] | undefined
  for (const first of among) {
    const cameFrom = new Map<Dependency, Dependency | undefined>([[first, undefined]])
    for (const at of cameFrom.keys()) {
      if (leadsTo(classes, at, first)) {
        const cycle: Dependency[] = []
        for (let back: Dependency | undefined = at; back; back = cameFrom.get(back)) cycle.unshift(back)
        if (!best || cycle.length < best.length) best = cycle
        break
      }
      for (const next of among) if (!cameFrom.has(next) && leadsTo(classes, at, next)) cameFrom.set(next, at)
    }
  }
  return best
}
