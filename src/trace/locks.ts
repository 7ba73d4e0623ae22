import {
  acquired,
  awaited,
  type Dependency,
  leadsTo,
  ordered,
  sleepsUnderSpinlock,
} from '../explore/locks/dependency.js'
import { Locks } from '../explore/locks/held.js'
import type { Program } from '../program/program.js'
import { ReferenceSystem } from '../program/reference-system.js'
import type { LockRule } from '../property/locks.js'
import { threadOf } from '../system/system.js'
import type { Replay } from './replay.js'
import { waitsFor } from './wait-for.js'

/** Whether the ends of a run and its others break a rule of locks. */
export function breaks(program: Program, rule: LockRule, replayed: Replay): boolean {
  switch (rule.rule) {
    case 'order':
      return cycleOf(program, rule, replayed) !== undefined
    case 'sleep':
      return sleepOf(program, rule, replayed) !== undefined
    case 'exit':
      return keptAtExit(program, rule, replayed).length > 0
  }
}

/** One dependency of each run, each leading to that of the next run and the last to the first. */
export function cycleOf(program: Program, { classes }: LockRule, replayed: Replay): Dependency[] | undefined {
  const runs = [replayed, ...replayed.others].map(run =>
    metAtEnd(program, classes, run).filter(one => ordered(classes, one)),
  )
  const [firsts, ...rest] = runs
  return firsts.flatMap(first => from([first], rest) ?? [])[0]

  function from(path: Dependency[], left: Dependency[][]): Dependency[][] | undefined {
    const last = path[path.length - 1]
    const [next, ...others] = left
    if (!next) return leadsTo(classes, last, path[0]) ? [path] : undefined
    for (const one of next) {
      const found = leadsTo(classes, last, one) ? from([...path, one], others) : undefined
      if (found) return found
    }
    return undefined
  }
}

/** What the last step of a run waits for that may let it sleep, under a spinlock. */
export function sleepOf(program: Program, { classes }: LockRule, replayed: Replay): Dependency | undefined {
  return metAtEnd(program, classes, replayed).find(one => sleepsUnderSpinlock(classes, one))
}

/** The locks that threads hold which have ended, as `thread` and the name of the lock. */
export function keptAtExit(program: Program, { classes }: LockRule, { last }: Replay) {
  const system = new ReferenceSystem(program)
  const locks = new Locks(classes)
  return program.threads.flatMap(({ name }, t) => {
    if (system.stepAt(last, t).kind !== 'end') return []
    const held = locks.of(last.shared, t)
    return locks.all.flatMap((lock, i) => (held[i] === 0 ? [] : [{ thread: name, lock: locks.nameOf(lock) }]))
  })
}

/** Who waits for what under what in the last step of a run, and in the state after it. */
function metAtEnd(program: Program, classes: LockRule['classes'], { steps, last }: Replay): Dependency[] {
  const system = new ReferenceSystem(program)
  const locks = new Locks(classes)
  const found = program.threads.flatMap((_, t) => {
    const holds = locks.of(last.shared, t)
    return waitsFor(program, locks, last, t).flatMap(by => awaited(locks, t, holds, by))
  })
  const step = steps.at(-1)
  if (!step) return found
  const acting = threadOf(step.ordinal)
  if (system.stepAt(step.before, acting).kind !== 'wait') return found
  const holds = locks.of(step.before.shared, acting)
  return [...acquired(locks, acting, holds, locks.of(step.after.shared, acting)), ...found]
}
