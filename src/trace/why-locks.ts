import type { Dependency } from '../explore/locks/dependency.js'
import { EXCLUSIVE, type Lock, Locks } from '../explore/locks/held.js'
import type { Program } from '../program/program.js'
import { ReferenceSystem } from '../program/reference-system.js'
import type { LockRule } from '../property/locks.js'
import { threadOf } from '../system/system.js'
import { cycleOf, keptAtExit, sleepOf } from './locks.js'
import type { Replay } from './replay.js'
import type { Evidence, Why } from './why.js'

/** Why a rule of locks is broken at the end of a run and its others. */
export function whyLocks(program: Program, rule: LockRule, replayed: Replay): Why {
  const locks = new Locks(rule.classes)
  const runs = [replayed, ...replayed.others]
  switch (rule.rule) {
    case 'order': {
      const cycle = cycleOf(program, rule, replayed) ?? []
      return {
        reason: cycle.map((one, i) => `${numbered(runs, i)}${waits(program, locks, one, runs[i])}`).join('; '),
        evidence: cycle.map((one, i) => taken(program, locks, one.thread, one.held, runs[i], numbered(runs, i))),
      }
    }
    case 'sleep': {
      const found = sleepOf(program, rule, replayed)
      if (!found) return { reason: rule.claim, evidence: [] }
      return {
        reason: `${waits(program, locks, found, replayed)}, and may sleep there`,
        evidence: [taken(program, locks, found.thread, found.held, replayed, '')],
      }
    }
    case 'exit': {
      const kept = keptAtExit(program, rule, replayed)
      return {
        reason: kept.map(({ thread, lock }) => `${thread} has ended and holds ${lock}`).join('; '),
        evidence: [],
      }
    }
  }
}

function numbered(runs: readonly Replay[], i: number): string {
  return runs.length > 1 ? `run ${i + 1}: ` : ''
}

/** `cpu waits for &prange->lock, holding &svms->lock: 'mutex_lock(&prange->lock)' in svm_migrate_to_ram` */
function waits(program: Program, locks: Locks, { thread, held, wanted }: Dependency, run: Replay): string {
  // The step that took it, unless the run ends before that.
  const step = run.steps.at(-1)
  const state = step && threadOf(step.ordinal) === thread && took(locks, thread, run) ? step.before : run.last
  const code = new ReferenceSystem(program).stepAt(state, thread)
  const where = `: '${code.label}' in ${code.frame.operation}`
  return `${program.threads[thread].name} waits for ${locks.nameOf(wanted)} while it holds ${locks.nameOf(held)}${where}`
}

/** Whether the last step of a run has made the thread hold more. */
function took(locks: Locks, thread: number, { steps }: Replay): boolean {
  const last = steps[steps.length - 1]
  const before = locks.of(last.before.shared, thread)
  return locks.of(last.after.shared, thread).some((as, i) => as > before[i])
}

/** The step of a run in which a thread took what it holds at the end. */
function taken(program: Program, locks: Locks, thread: number, lock: Lock, run: Replay, prefix: string): Evidence {
  const at = locks.all.findIndex(one => one.of === lock.of && one.instance === lock.instance)
  const setup = program.setup ? run.steps.filter(({ ordinal }) => threadOf(ordinal) === 0).length : 0
  let value = ''
  let step: number | undefined
  for (let s = run.steps.length - 1; s >= 0; s--) {
    const now = locks.of(run.steps[s].before.shared, thread)[at]
    if (s === run.steps.length - 1) value = now === EXCLUSIVE ? 'exclusive' : 'shared'
    if (now === 0) {
      step = Math.max(0, s + 1 - setup)
      break
    }
  }
  const { name } = program.threads[thread]
  return {
    name: `${prefix}${locks.nameOf(lock)} of ${name}`,
    value,
    writtenAt: step,
    writtenBy: step === undefined ? undefined : name,
  }
}
