import { availableParallelism } from 'node:os'
import type { ScenarioResult } from '../check/check-scenario.js'
import type { Expectations } from '../check/expectations.js'
import type { Task } from '../check/materials.js'
import type { Outcome } from '../check/outcome.js'
import { type Job, Pool, type PoolWatcher } from '../check/pool.js'
import { type Row, rowsOf } from '../check/rows.js'
import { ModelError } from '../errors.js'
import type { Kernel } from '../program/kernel.js'
import type { Scenario } from '../program/scenario.js'
import { applicable, missing } from '../project/applicable.js'
import { kernelWith, loadProject, newest } from '../project/load.js'
import { named, type Project } from '../project/project.js'
import { expectationsFor } from './expectations.js'
import { type ExploreFlags, limitsOf } from './options.js'
import { runShown } from './run-shown.js'

/** What checks one scenario. */
export type CheckJob = Job<Task>

/** How scenarios are checked. */
interface JobOptions extends Partial<Pick<CheckJob, 'properties' | 'until' | 'explained' | 'coverage'>> {
  /** Leave out named scenarios that do not apply to the kernel. */
  readonly skip?: boolean
}

/** A project with its expectations, and the worker threads that check it. */
export class Session {
  readonly pool: Pool<Task, ScenarioResult>

  private constructor(
    readonly project: Project,
    readonly expectations: Expectations,
    readonly flags: ExploreFlags,
  ) {
    const nameOf = (job: CheckJob) => `scenario ${job.scenario}`
    this.pool = new Pool(new URL('../check/task.js', import.meta.url), nameOf, flags.jobs)
  }

  static async open(flags: ExploreFlags, index?: string): Promise<Session> {
    const project = await loadProject(flags.model)
    return new Session(project, await expectationsFor(flags.model, index), flags)
  }

  /** The kernel's name, the newest when none is given. @throws UsageError when it is unknown. */
  kernelName(name: string | undefined): string {
    return name === undefined ? newest(this.project).name : named('kernel', this.project.kernels, name).name
  }

  /**
   * The jobs of checking scenarios (all that apply, when none are named) on a kernel with patches.
   * @throws UsageError for unknown names, ModelError for patches and named scenarios that do not apply.
   */
  async jobs(
    scenarios: readonly string[],
    kernelName: string,
    patches: readonly string[],
    more: JobOptions = {},
  ): Promise<CheckJob[]> {
    const { project, flags } = this
    const kernel = await kernelWith(project, kernelName, patches)
    const properties = (more.properties ?? []).map(name => named('property', project.properties, name).name)
    return this.#chosen(scenarios, kernel, more.skip ?? false).map(scenario => ({
      model: flags.model,
      kernel: kernelName,
      patches,
      scenario: scenario.name,
      properties,
      strategy: flags.strategy,
      fingerprints: flags.fingerprints ?? false,
      storeOrder: flags.storeOrder,
      reduce: flags.reduce ?? [],
      preemptions: flags.preemptions,
      seed: flags.seed,
      limits: limitsOf(flags),
      until: more.until ?? [],
      coverage: more.coverage ?? false,
      threads: 1,
      explained: flags.all || properties.length > 0 ? Number.MAX_SAFE_INTEGER : more.explained,
    }))
  }

  /** The kernels of these jobs, each once, with their patches applied. */
  async kernels(jobs: readonly CheckJob[]): Promise<Kernel[]> {
    const variants = new Map(jobs.map(({ kernel, patches }) => [[kernel, ...patches].join('\n'), { kernel, patches }]))
    return Promise.all([...variants.values()].map(({ kernel, patches }) => kernelWith(this.project, kernel, patches)))
  }

  /** What a result says, line by line, beside what is expected. */
  rowsOf(result: ScenarioResult): Row[] {
    return rowsOf(result, named('scenario', this.project.scenarios, result.scenario), this.expectations)
  }

  #chosen(names: readonly string[], kernel: Kernel, skip: boolean): readonly Scenario[] {
    const { scenarios } = this.project
    if (names.length === 0) return scenarios.filter(scenario => applicable(kernel, scenario))
    return [...new Set(names)].flatMap(name => {
      const scenario = named('scenario', scenarios, name)
      const [operation] = missing(kernel, scenario)
      if (operation === undefined) return [scenario]
      if (skip) return []
      throw new ModelError(
        `scenario ${name}`,
        `needs the operation ${operation}, which kernel ${kernel.name} does not have`,
        'name another kernel with --kernel, or a patch that brings it with --patch',
      )
    })
  }

  /**
   * Checks jobs side by side, and shows how far they are. An interrupt ends the searches with what they have.
   * @param faultsOf what the display calls out of a result.
   */
  run(
    jobs: readonly CheckJob[],
    watcher: PoolWatcher<Task, ScenarioResult> = {},
    faultsOf: (result: ScenarioResult) => readonly string[] = () => [],
  ): Promise<Outcome<ScenarioResult>[]> {
    const cores = this.flags.jobs ?? availableParallelism()
    const threads = Math.max(1, Math.floor(cores / jobs.length))
    return runShown(
      this.pool,
      jobs.map(job => ({ ...job, threads })),
      { nameOf: job => job.scenario, faultsOf },
      { quiet: this.flags.quiet, watchers: [watcher] },
    )
  }
}
