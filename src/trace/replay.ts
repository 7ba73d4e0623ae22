import { isDeepStrictEqual } from 'node:util'
import type { Run } from '../explore/result.js'
import type { Program } from '../program/program.js'
import { type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import { type Fairness, falseClause, type Property } from '../property/property.js'
import { type Outcome, threadOf } from '../system/system.js'
import { breaks } from './locks.js'
import { raceAtEnd } from './race.js'

/** One replayed step: the states around it and what it said. */
export interface ReplayedStep {
  readonly ordinal: number
  readonly before: ReferenceState
  readonly after: ReferenceState
  readonly outcome: Outcome
}

/** A run under the reference semantics. */
export interface Replay {
  readonly initial: ReferenceState
  readonly steps: readonly ReplayedStep[]
  /** The state after the last step. */
  readonly last: ReferenceState
  /** The steps of the loop at its end. */
  readonly loop: readonly ReplayedStep[]
  /** Of locks taken in opposite orders: the runs that take them in the other ones. */
  readonly others: readonly Replay[]
}

/** The step at which a run could not go on as recorded. */
export class Diverged extends Error {
  override readonly name = 'Diverged'
  constructor(
    readonly step: number,
    /** What is different there, without the step. */
    readonly reason: string,
  ) {
    super(`step ${step}: ${reason}`)
  }
}

/** Runs `run` on immutable plain states. @throws Diverged when a step is not enabled, or one was fatal before the end. */
export function replay(program: Program, run: Run): Replay {
  const system = new ReferenceSystem(program)
  const initial = system.initial[run.initial]
  if (!initial) throw new Diverged(0, `there is no initial state ${run.initial + 1}`)
  const steps: ReplayedStep[] = []
  let state = initial
  for (const [i, ordinal] of run.ordinals.entries()) {
    if (!system.enabled(state).includes(ordinal)) throw new Diverged(i + 1, 'is not possible here')
    const { state: after, outcome } = system.fire(state, ordinal)
    const ended = outcome.cut !== '' || outcome.broke !== undefined || outcome.findings.some(finding => finding.fatal)
    if (ended && i < run.ordinals.length - 1) throw new Diverged(i + 1, 'ends the run')
    steps.push({ ordinal, before: state, after, outcome })
    state = after
  }
  const others = (run.others ?? []).map(other => replay(program, other))
  return { initial, steps, last: state, loop: steps.slice(steps.length - (run.loop ?? 0)), others }
}

/** Whether the run's end violates the property (for a reachability property: shows it). */
export function violates(program: Program, replayed: Replay, property: Property): boolean {
  const system = new ReferenceSystem(program)
  const { last, steps } = replayed
  switch (property.kind) {
    case 'assertion':
      return (steps.at(-1)?.outcome.findings ?? []).some(finding => finding.property.name === property.name)
    case 'reachable':
      return property.holds(last.shared as never)
    case 'deadlock':
      return system.enabled(last).length === 0 && !system.atRest(last)
    case 'livelock':
      return repeats(replayed) && !system.atRest(last) && isFair(program, replayed, property.fairness)
    case 'locks':
      return breaks(program, property, replayed)
    case 'data-race':
      return raceAtEnd(program, replayed) !== undefined
    case 'invariant': {
      const applies = property.when === 'always' || (system.enabled(last).length === 0 && system.atRest(last))
      const counts = property.when === 'always' || property.premise(last.shared as never)
      return applies && counts && falseClause(property, last.shared) !== undefined
    }
  }
}

/** Whether the loop leads back to where it begins. */
function repeats({ loop, last }: Replay): boolean {
  return loop.length > 0 && isDeepStrictEqual(loop[0].before, last)
}

/** Whether each thread acts in the loop, or is unable to: everywhere in it, or somewhere when fairness is weak. */
function isFair(program: Program, { loop }: Replay, fairness: Fairness): boolean {
  const system = new ReferenceSystem(program)
  return program.threads.every((_, t) => {
    const own = (ordinal: number) => threadOf(ordinal) === t
    const able = loop.filter(step => system.enabled(step.before).some(own))
    return loop.some(step => own(step.ordinal)) || (fairness === 'weak' ? able.length < loop.length : able.length === 0)
  })
}
