import type { Run } from '../explore/result.js'
import { chainOf } from '../program/graph.js'
import type { Program } from '../program/program.js'
import { framesAt } from '../program/reference-system.js'
import { type Change, diff, show } from '../state/diff.js'
import { defaultOf } from '../state/plain.js'
import { choiceOf, threadOf } from '../system/system.js'
import { type Replay, type ReplayedStep, replay } from './replay.js'

/** One step as it is shown. */
export interface TraceStep {
  /** From 1, the setup's steps not counted; those have 0. */
  readonly number: number
  readonly thread: string
  /** The kernel function that the step mirrors, and its file. */
  readonly operation: string
  readonly source: string
  /** Names of the functions that are active, outermost first. */
  readonly stack: readonly string[]
  readonly label: string
  readonly note: string
  /** For a choice: what was chosen. */
  readonly chosen: number | undefined
  /** Changes of the shared state. */
  readonly changes: readonly Change[]
  /** Locals of the step's function that it set. */
  readonly locals: readonly { readonly name: string; readonly value: string }[]
  /** What the step reported. */
  readonly said: readonly string[]
  /** Whether it belongs to the setup, before the threads start. */
  readonly setup: boolean
}

/** A run as it is shown. */
export interface Trace {
  readonly run: Run
  /** What of the initial state differs from the default state. */
  readonly initially: readonly Change[]
  readonly steps: readonly TraceStep[]
  /** Thread names in the order of the scenario, the setup first if there is one. */
  readonly threads: readonly string[]
  /** Of a run that goes on for ever: the number of the step from which it repeats. */
  readonly loopFrom?: number | undefined
  /** Of locks taken in opposite orders: the runs that take them in the other ones. */
  readonly others?: readonly Trace[] | undefined
}

/** Replays a run and tells it step by step. @throws Diverged when it does not replay. */
export function traceOf(program: Program, run: Run): { trace: Trace; replayed: Replay } {
  const replayed = replay(program, run)
  return { trace: tell(program, run, replayed), replayed }
}

function tell(program: Program, run: Run, replayed: Replay): Trace {
  const { schema } = program.scenario
  let number = 0
  const steps = replayed.steps.map(step => {
    const setup = program.setup && threadOf(step.ordinal) === 0
    return stepAsTold(program, step, setup ? 0 : ++number)
  })
  const initially = diff(schema, defaultOf(schema), replayed.initial.shared)
  const threads = program.threads.map(thread => thread.name)
  const loopFrom = run.loop === undefined ? undefined : number - run.loop + 1
  const others = (run.others ?? []).map((other, i) => tell(program, other, replayed.others[i]))
  return { run, initially, steps, threads, ...(loopFrom && { loopFrom }), ...(others.length > 0 && { others }) }
}

/** One step as it is shown, under this number; 0 for one of the setup. */
export function stepAsTold(program: Program, step: ReplayedStep, number: number): TraceStep {
  const t = threadOf(step.ordinal)
  const code = program.threads[t].steps[step.before.threads[t].pc]
  const thread = program.threads[t].name
  return {
    number,
    thread,
    operation: code.frame.operation,
    source: code.frame.source,
    stack: chainOf(code.frame)
      .slice(1)
      .map(frame => frame.operation),
    label: code.label,
    note: code.note,
    chosen: code.kind === 'choose' ? code.values[choiceOf(step.ordinal)] : undefined,
    changes: diff(program.scenario.schema, step.before.shared, step.after.shared),
    locals: localChanges(program, step, t),
    said: step.outcome.findings.map(finding => finding.message || finding.property.claim),
    setup: number === 0,
  }
}

/** What the step set in the locals of its own function, if that is still active. */
function localChanges(program: Program, step: ReplayedStep, t: number): { name: string; value: string }[] {
  const before = framesAt(program, t, step.before.threads[t].pc)
  const after = framesAt(program, t, step.after.threads[t].pc)
  const depth = before.length - 1
  if (after[depth] !== before[depth]) return []
  const { type } = before[depth]
  const old = step.before.threads[t].frames[depth] as Record<string, unknown>
  const now = step.after.threads[t].frames[depth] as Record<string, unknown>
  return Object.entries(type.fields).flatMap(([name, field]) => {
    const value = show(field, now[name])
    return value === show(field, old[name]) ? [] : [{ name, value }]
  })
}
