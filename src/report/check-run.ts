import type { ScenarioResult } from '../check/check-scenario.js'
import type { Known } from '../check/expectations.js'
import type { KernelCoverage } from '../check/kernel-coverage.js'
import type { Row } from '../check/rows.js'
import type { Kernel } from '../program/kernel.js'
import type { Project } from '../project/project.js'

/** A whole run of `check`: what its reports tell. */
export interface CheckRun {
  readonly project: Project
  /** The kernels that were checked, patches applied. */
  readonly kernels: readonly Kernel[]
  /** The model as the command line has it; undefined for the default one. */
  readonly model: string | undefined
  /** One for each scenario and kernel that was explored, in the order of the command line. */
  readonly results: readonly ScenarioResult[]
  /** For each result its rows, one per property. */
  readonly rows: readonly (readonly Row[])[]
  /** Expected violations that nothing fits. */
  readonly missing: readonly Known[]
  /** For each kernel what steps were taken; branches and orders of steps only with `--coverage`. */
  readonly coverage: readonly KernelCoverage[]
  /** Properties that had no chance to fail anywhere. */
  readonly unexercised: readonly string[]
  /** The command that replays a row's counterexample, if it was written to a file. */
  readonly replay: (row: Row) => string | undefined
  /** Why scenarios have no result, or a counterexample was not kept. */
  readonly errors: readonly Error[]
  readonly interrupted: boolean
  /** The exit code, unless a report cannot be written. */
  readonly exit: number
}
