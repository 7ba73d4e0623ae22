import { Worker } from 'node:worker_threads'
import type { Limits } from '../explore/limits.js'
import { Progress } from '../explore/progress.js'
import type { Strategy } from '../explore/result.js'
import type { Invitation } from '../explore/team.js'
import type { Kernel } from '../program/kernel.js'
import type { Scenario } from '../program/scenario.js'
import { kernelWith, loadProject } from '../project/load.js'
import { named, type Project } from '../project/project.js'
import type { Property } from '../property/property.js'
import { checkScenario, type ScenarioResult } from './check-scenario.js'
import type { Membership } from './member.js'

/** One scenario on one kernel, by names: what a worker thread is asked to do. */
export interface Task {
  /** The user's project module, or undefined for the built-in models. */
  readonly model: string | undefined
  readonly kernel: string
  /** Patch names or files. */
  readonly patches: readonly string[]
  readonly scenario: string
  /** Properties to check; empty for all. */
  readonly properties: readonly string[]
  readonly strategy: Strategy
  readonly fingerprints: boolean
  readonly seed: number
  readonly limits: Partial<Limits>
  /** Properties whose violation ends the search. */
  readonly until: readonly string[]
  /** How many violations are told in full; undefined for the usual number. */
  readonly explained: number | undefined
  /** Threads that explore this one scenario together. */
  readonly threads: number
  readonly progress: SharedArrayBuffer
}

/** A result, or the error in a form that crosses threads. */
export type TaskResult =
  | { readonly ok: true; readonly result: ScenarioResult }
  | { readonly ok: false; readonly error: TaskError }

/** An error of a task. */
export interface TaskError {
  readonly name: string
  readonly message: string
  readonly object: string
  readonly reason: string
  readonly next: string
}

const projects = new Map<string | undefined, Promise<Project>>()

/** Runs one task; errors come back as values. */
export default async function runTask(task: Task): Promise<TaskResult> {
  try {
    const { kernel, scenario, properties } = await materials(task)
    const result = checkScenario(kernel, scenario, properties, {
      strategy: task.strategy,
      fingerprints: task.fingerprints,
      seed: task.seed,
      limits: task.limits,
      progress: new Progress(task.progress),
      ...(task.explained !== undefined && { explained: task.explained }),
      ...(task.threads > 1 && { recruit: { members: task.threads - 1, start: startMember(task) } }),
      ...(task.until.length > 0 && { until: new Set(task.until) }),
    })
    return { ok: true, result }
  } catch (thrown) {
    return { ok: false, error: describeError(thrown) }
  }
}

/** What a task names. @throws UsageError, FileError or ModelError when a name leads nowhere or a patch does not apply. */
export async function materials(
  task: Task,
): Promise<{ kernel: Kernel; scenario: Scenario; properties: readonly Property[] }> {
  const loading = projects.get(task.model) ?? loadProject(task.model)
  projects.set(task.model, loading)
  const project = await loading
  const kernel = await kernelWith(project, task.kernel, task.patches)
  const scenario = named('scenario', project.scenarios, task.scenario)
  const properties =
    task.properties.length === 0
      ? project.properties
      : task.properties.map(name => named('property', project.properties, name))
  return { kernel, scenario, properties }
}

/** Starts a thread that joins the search of `task`. */
function startMember(task: Task): (invitation: Invitation) => void {
  return invitation => {
    const workerData: Membership = { task, invitation }
    const worker = new Worker(new URL('./member.js', import.meta.url), { workerData, transferList: [invitation.port] })
    worker.unref()
  }
}

function describeError(thrown: unknown): TaskError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const parts = error as Partial<TaskError>
  return {
    name: error.name,
    message: error.message,
    object: parts.object ?? '',
    reason: parts.reason ?? '',
    next: parts.next ?? '',
  }
}
