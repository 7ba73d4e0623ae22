import type { Run } from '../explore/result.js'
import type { Program } from '../program/program.js'
import { named, type Project } from '../project/project.js'
import { Diverged, type Replay, replay, violates } from '../trace/replay.js'
import { differenceAt, followItf } from './follow-itf.js'
import type { ItfOrigin, ItfTrace } from './itf-file.js'
import type { ReplayVerdict } from './replay-counterexample.js'

/**
 * Runs the steps that a trace of foliocheck's own tells, and looks whether it goes through the states of the trace and
 * violates the property at its end. @throws UsageError for an unknown property, ModelError
 */
export function replayItf(project: Project, program: Program, trace: ItfTrace, origin: ItfOrigin): ReplayVerdict {
  const property = named('property', project.properties, origin.property)
  try {
    const replayed = replay(program, origin.run)
    const different = firstDifference(program, trace, replayed)
    if (different !== undefined) return { happens: false, reason: different }
    return violates(program, replayed, property)
      ? { happens: true, reason: `the same ${trace.states.length} states violate ${property.name}` }
      : { happens: false, reason: `the same states no longer violate ${property.name}` }
  } catch (thrown) {
    if (!(thrown instanceof Diverged)) throw thrown
    return { happens: false, reason: `step ${thrown.step} ${thrown.reason}` }
  }
}

function firstDifference(program: Program, trace: ItfTrace, { initial, steps }: Replay): string | undefined {
  const { length } = trace.states
  if (length !== steps.length + 1) return `there are ${steps.length} steps for ${length} states`
  for (let i = 0; i < length; i++) {
    const by = i === 0 ? undefined : steps[i - 1]
    const found = differenceAt(program, trace, i, by?.after ?? initial, by)
    if (found !== undefined) return `in state ${i} ${found}`
  }
  return undefined
}

/** Of the runs that fit a trace from elsewhere, so many are looked at. */
const MOST = 100

/** Whether the models can take a trace from elsewhere, and which properties its end violates. */
export interface FollowVerdict extends ReplayVerdict {
  readonly violated: readonly string[]
}

/** Looks for a run through the states of a trace that says nothing of steps. @throws as `followItf` */
export function replayForeignItf(file: string, project: Project, program: Program, trace: ItfTrace): FollowVerdict {
  const followed = followItf(file, program, trace)
  if ('stuck' in followed) {
    return { happens: false, violated: [], reason: `no step leads to state ${followed.stuck}: ${followed.why}` }
  }
  const violated = followed.runs
    .slice(0, MOST)
    .map(run => violatedBy(project, program, run))
    .find(names => names.length > 0)
  const all = `the models go through all ${trace.states.length} states`
  return violated
    ? { happens: true, violated, reason: `${all}, and the last violates ${violated.join(', ')}` }
    : { happens: false, violated: [], reason: `${all}, and the last violates nothing` }
}

function violatedBy(project: Project, program: Program, run: Run): string[] {
  const replayed = replay(program, run)
  return project.properties
    .filter(property => property.kind !== 'reachable' && violates(program, replayed, property))
    .map(({ name }) => name)
}
