import { PackedSystem } from '../../program/packed-system.js'
import type { Program } from '../../program/program.js'
import type { LockClass } from '../../property/locks.js'
import { ordinalOf, threadOf } from '../../system/system.js'
import type { Run } from '../result.js'
import { runTo } from '../run-to.js'
import { NO_PARENT, type StateStore } from '../store/store.js'
import { Blocked } from './blocked.js'
import { acquired, awaited, type Dependency, findCycle, kindOf, ordered, sleepsUnderSpinlock } from './dependency.js'
import { Locks } from './held.js'

/** Every how many states the caller is asked whether to go on. */
const TICK = 1024

/** What the states that were found say about locks: by rule, the runs that break it, and whether it was tested. */
export interface LockLook {
  readonly order: Run | undefined
  readonly exit: Run | undefined
  readonly sleep: Run | undefined
  /** Somebody waited for a lock under another. */
  readonly nested: boolean
  /** Somebody waited for a lock. */
  readonly waited: boolean
}

/** Where a dependency was met first: in a state, or in a step from it. */
interface Met {
  readonly dependency: Dependency
  readonly id: number
  readonly ordinal: number | undefined
}

/**
 * Looks at every state of a store, in the order in which they were found, for who waits for which lock under which: what
 * a blocking step takes, and what is held that keeps one from going on.
 * @param tick is called now and then; it throws to end the search.
 */
export function lookAtLocks(
  program: Program,
  classes: readonly LockClass[],
  store: StateStore,
  tick: () => void,
): LockLook {
  const system = new PackedSystem(program)
  const { vector, shared, threads } = system
  const locks = new Locks(classes)
  const fresh = () => new Uint8Array(locks.all.length)
  const holds = fresh()
  const after = fresh()
  const here = vector.slice()
  let blocked: Blocked | undefined
  const met = new Map<string, Met>()
  let exit: number | undefined
  let nested = false
  let waited = false
  const note = (id: number, ordinal: number | undefined, found: readonly Dependency[]) => {
    for (const dependency of found) {
      nested = true
      if (!ordered(classes, dependency)) continue
      const kind = kindOf(dependency)
      if (!met.has(kind)) met.set(kind, { dependency, id, ordinal })
    }
  }
  for (let id = 0; id < store.count; id++) {
    if (id % TICK === 0) tick()
    store.load(id, vector)
    here.set(vector)
    for (let t = 0; t < threads.length; t++) {
      const { kind } = system.stepAt(t)
      if (kind === 'end' && exit === undefined) {
        // Whoever ended before has been looked at where he did.
        const now = store.parentOf(id) === NO_PARENT || threadOf(store.ordinalOf(id)) === t
        if (now && locks.heldBy(shared, t, holds)) exit = id
      }
      if (kind !== 'wait') continue
      const any = locks.heldBy(shared, t, holds)
      if (!any && waited) continue
      if (system.enabled(t)) {
        system.fire(ordinalOf(t, 0))
        if (locks.heldBy(shared, t, after)) {
          waited ||= after.some((as, i) => as > holds[i])
          if (any) note(id, ordinalOf(t, 0), acquired(locks, t, holds, after))
        }
        vector.set(here)
      } else if (any) waits(id, t)
    }
  }
  return {
    order: cycleOf(),
    exit: exit === undefined ? undefined : runTo(store, exit),
    sleep: firstRun([...met.values()].filter(({ dependency }) => sleepsUnderSpinlock(classes, dependency))),
    nested,
    waited,
  }

  /** Thread `t` waits under what it holds: for those locks of others, or its own, that its condition looks at. */
  function waits(id: number, t: number): void {
    blocked ??= new Blocked(program, locks)
    for (const by of blocked.waitsFor(here, t)) note(id, undefined, awaited(locks, t, holds, by))
  }

  function cycleOf(): Run | undefined {
    const all = [...met.values()]
    const cycle = findCycle(
      classes,
      all.map(({ dependency }) => dependency),
    )
    const runs = cycle?.map(one => firstRun(all.filter(({ dependency }) => dependency === one)))
    if (!runs?.[0]) return undefined
    return { ...runs[0], others: runs.slice(1).flatMap(run => run ?? []) }
  }

  function firstRun(among: readonly Met[]): Run | undefined {
    const first = among.reduce<Met | undefined>((least, one) => (least && least.id <= one.id ? least : one), undefined)
    if (!first) return undefined
    return runTo(store, first.id, ...(first.ordinal === undefined ? [] : [first.ordinal]))
  }
}
