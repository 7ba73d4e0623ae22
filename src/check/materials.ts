import type { Limits } from '../explore/limits.js'
import type { Strategy } from '../explore/result.js'
import type { Kernel } from '../program/kernel.js'
import type { Scenario, StoreOrder } from '../program/scenario.js'
import { kernelWith, loadProject } from '../project/load.js'
import { named, type Project } from '../project/project.js'
import { type LockClass, lockClassesOf } from '../property/locks.js'
import type { Property } from '../property/property.js'
import type { ReductionName } from './check-scenario.js'

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
  /** Undefined for each scenario's own. */
  readonly storeOrder: StoreOrder | undefined
  readonly reduce: readonly ReductionName[]
  /** For the strategy dpor: the most preemptions of a run. */
  readonly preemptions: number | undefined
  readonly seed: number
  readonly limits: Partial<Limits>
  /** Properties whose violation ends the search. */
  readonly until: readonly string[]
  /** How many violations are told in full; undefined for the usual number. */
  readonly explained: number | undefined
  /** Whether branches and orders of steps are gathered, too. */
  readonly coverage: boolean
  /** Threads that explore this one scenario together. */
  readonly threads: number
  readonly progress: SharedArrayBuffer
}

const projects = new Map<string | undefined, Promise<Project>>()

/** What a task names. @throws UsageError, FileError or ModelError when a name leads nowhere or a patch does not apply. */
export async function materials(task: Task): Promise<{
  kernel: Kernel
  scenario: Scenario
  properties: readonly Property[]
  locks: readonly LockClass[]
}> {
  const loading = projects.get(task.model) ?? loadProject(task.model)
  projects.set(task.model, loading)
  const project = await loading
  const kernel = await kernelWith(project, task.kernel, task.patches)
  const scenario = named('scenario', project.scenarios, task.scenario)
  const properties =
    task.properties.length === 0
      ? project.properties
      : task.properties.map(name => named('property', project.properties, name))
  return { kernel, scenario, properties, locks: lockClassesOf(project.properties) }
}
