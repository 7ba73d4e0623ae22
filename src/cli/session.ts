import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ScenarioResult } from '../check/check-scenario.js'
import { type Expectations, NO_EXPECTATIONS, readExpectations } from '../check/expectations.js'
import { type Job, Pool } from '../check/pool.js'
import { applicable } from '../project/applicable.js'
import { kernelWith, loadProject, newest } from '../project/load.js'
import { named, type Project } from '../project/project.js'
import { type ExploreFlags, limitsOf } from './options.js'
import { packageRoot } from './package-root.js'
import { ProgressLine } from './progress-line.js'

/** A project with its expectations, and the worker threads that check it. */
export class Session {
  readonly pool: Pool

  private constructor(
    readonly project: Project,
    readonly expectations: Expectations,
    readonly flags: ExploreFlags,
  ) {
    this.pool = new Pool(flags.jobs)
    process.on('SIGINT', this.#interrupt)
  }

  static async open(flags: ExploreFlags, index?: string): Promise<Session> {
    const project = await loadProject(flags.model)
    return new Session(project, expectationsFor(flags.model, index), flags)
  }

  /** The kernel's name, the newest when none is given. @throws UsageError when it is unknown. */
  kernelName(name: string | undefined): string {
    return name === undefined ? newest(this.project).name : named('kernel', this.project.kernels, name).name
  }

  /**
   * The jobs of checking scenarios (all that apply, when none are named) on a kernel with patches.
   * @throws UsageError for unknown names, ModelError for patches that do not apply.
   */
  async jobs(
    scenarios: readonly string[],
    kernelName: string,
    patches: readonly string[],
    more: Partial<Pick<Job, 'properties' | 'until'>> = {},
  ): Promise<Job[]> {
    const { project, flags } = this
    const kernel = await kernelWith(project, kernelName, patches)
    const chosen =
      scenarios.length === 0
        ? project.scenarios.filter(scenario => applicable(kernel, scenario))
        : scenarios.map(name => named('scenario', project.scenarios, name))
    const properties = (more.properties ?? []).map(name => named('property', project.properties, name).name)
    return chosen.map(scenario => ({
      model: flags.model,
      kernel: kernelName,
      patches,
      scenario: scenario.name,
      properties,
      strategy: flags.strategy,
      fingerprints: flags.fingerprints ?? false,
      seed: flags.seed,
      limits: limitsOf(flags),
      until: more.until ?? [],
      threads: 1,
      explained: flags.all || properties.length > 0 ? Number.MAX_SAFE_INTEGER : undefined,
    }))
  }

  /** Checks jobs side by side, with a progress line on a terminal. */
  async run(jobs: readonly Job[]): Promise<ScenarioResult[]> {
    const cores = this.flags.jobs ?? availableParallelism()
    const threads = Math.max(1, Math.floor(cores / jobs.length))
    const line = new ProgressLine(jobs.length, this.flags.quiet ?? false)
    try {
      return await this.pool.run(
        jobs.map(job => ({ ...job, threads })),
        line,
      )
    } finally {
      line.stop()
    }
  }

  async close(): Promise<void> {
    process.off('SIGINT', this.#interrupt)
    await this.pool.close()
  }

  /** The first Ctrl-C ends the searches with what they have; a second one ends the program. */
  readonly #interrupt = (): void => {
    if (this.pool.interrupted) process.exit(130)
    process.stderr.write('\ninterrupted: ending with what was found so far (again to quit at once)\n')
    this.pool.interrupt()
  }
}

/** The expectations of the built-in models, or those given; a user's own models have none unless given. */
export function expectationsFor(model: string | undefined, index: string | undefined): Expectations {
  if (index !== undefined) return readExpectations(index)
  const builtIn = join(packageRoot(), 'counterexamples', 'index.json')
  return model === undefined && existsSync(builtIn) ? readExpectations(builtIn) : NO_EXPECTATIONS
}
