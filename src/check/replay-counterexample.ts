import type { Kernel } from '../program/kernel.js'
import { compile, type Program } from '../program/program.js'
import { named, type Project } from '../project/project.js'
import { Diverged, type Replay, violates } from '../trace/replay.js'
import { cut } from '../trace/shrink.js'
import { type Trace, type TraceStep, traceOf } from '../trace/trace.js'
import type { Counterexample } from './counterexample.js'

/** Whether a recorded violation still happens, and if not, what is different. */
export interface ReplayVerdict {
  readonly happens: boolean
  readonly reason: string
}

/** What a recorded run is a run of. */
export type Setting = Pick<Counterexample, 'scenario' | 'without' | 'storeOrder'>

/** The program of a recorded run on a kernel. @throws UsageError for an unknown scenario, ModelError */
export function programOf(project: Project, kernel: Kernel, { scenario, without, storeOrder }: Setting): Program {
  const made = cut(named('scenario', project.scenarios, scenario), without)
  return compile(kernel, { ...made, storeOrder: storeOrder ?? 'sc' })
}

/**
 * Runs a counterexample's steps on a kernel as it is modelled now, and looks at where they end. @throws UsageError when
 * scenario or property are not known any more, ModelError when the model itself is wrong.
 */
export function replayCounterexample(project: Project, kernel: Kernel, found: Counterexample): ReplayVerdict {
  const property = named('property', project.properties, found.property)
  const again = runAgain(project, kernel, found)
  if ('reason' in again) return { happens: false, reason: again.reason }
  return violates(again.program, again.replayed, property)
    ? { happens: true, reason: `the same ${found.steps} steps violate ${property.name}` }
    : { happens: false, reason: `the same steps no longer violate ${property.name}` }
}

/** The recorded steps on the models as they are now. */
export interface RunAgain {
  readonly program: Program
  readonly replayed: Replay
}

/**
 * Runs a counterexample's steps on a kernel as it is modelled now, or says what is different: the steps must be the same
 * by thread, function and label. @throws UsageError when the scenario is not known any more, ModelError when the model
 * itself is wrong.
 */
export function runAgain(
  project: Project,
  kernel: Kernel,
  found: Counterexample,
): RunAgain | { readonly reason: string } {
  const program = programOf(project, kernel, found)
  try {
    const { trace, replayed } = traceOf(program, found.trace.run)
    const stepsOf = (told: Trace) => [told, ...(told.others ?? [])].flatMap(({ steps }) => steps)
    const before = stepsOf(found.trace)
    for (const [i, step] of stepsOf(trace).entries()) {
      const recorded = before[i]
      const same =
        recorded &&
        step.thread === recorded.thread &&
        step.operation === recorded.operation &&
        step.label === recorded.label
      if (!same) {
        const was = recorded ? `${recorded.thread} '${recorded.label}'` : 'nothing'
        return { reason: `${place(recorded, i)} is now ${step.thread} '${step.label}', and was ${was}` }
      }
    }
    return { program, replayed }
  } catch (thrown) {
    if (!(thrown instanceof Diverged)) throw thrown
    return { reason: `${place(found.trace.steps[thrown.step - 1], thrown.step - 1)} ${thrown.reason}` }
  }
}

/** A step as the report numbers it, with its label. */
function place(step: TraceStep | undefined, index: number): string {
  if (!step) return 'the run'
  return step.setup ? `step ${index + 1} of the setup, '${step.label}',` : `step ${step.number}, '${step.label}',`
}
