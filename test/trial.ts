import { fileURLToPath } from 'node:url'
import {
  applyPatch,
  checksOf,
  compile,
  createTreeStore,
  type Exploration,
  explore,
  type Kernel,
  named,
  PackedSystem,
  type Program,
  type Project,
} from 'foliocheck'
import { type Expectations, readExpectations, type Variant } from '../src/check/expectations.js'
import { kernelNamed } from '../src/project/load.js'

export type { Variant } from '../src/check/expectations.js'

/** The index in `counterexamples/` of that name. */
export function readIndex(name: string): Expectations {
  return readExpectations(fileURLToPath(new URL(`../counterexamples/${name}.json`, import.meta.url)))
}

/** What a scenario showed. */
export interface Trial {
  /** Properties that are violated, sorted. */
  readonly violated: readonly string[]
  readonly tested: ReadonlySet<string>
  /** Runs that ended at a violation. */
  readonly lost: number
  readonly cut: readonly (readonly [string, number])[]
  /** Steps that some run took, as `operation: label`. */
  readonly ran: ReadonlySet<string>
}

/** Explores scenarios of a project to their end; each on each kernel once. */
export class Trials {
  readonly newest: Kernel
  readonly #done = new Map<string, Trial>()

  constructor(readonly project: Project) {
    this.newest = project.kernels[project.kernels.length - 1]
  }

  kernelOf({ kernel, patches }: Variant): Kernel {
    return kernelNamed(this.project, kernel, patches)
  }

  /** The newest kernel with everything that is proposed for it. What is found in a mutant of it, the mutant did. */
  get proposed(): Kernel {
    return this.project.patches.filter(patch => patch.status.startsWith('a proposal')).reduce(applyPatch, this.newest)
  }

  /** @throws Error when the search did not come to its end. */
  run(kernel: Kernel, scenario: string): Trial {
    const key = [kernel.name, ...kernel.patches, scenario].join('\n')
    const known = this.#done.get(key)
    if (known) return known
    const system = new PackedSystem(compile(kernel, named('scenario', this.project.scenarios, scenario)))
    const checks = checksOf(this.project.properties, system.shared, system.program)
    const result = explore(system, checks, createTreeStore(system.words))
    if (result.stopped !== undefined) throw new Error(`${scenario} stopped: ${result.stopped}`)
    const trial = trialOf(result, system.program)
    // The name of a patch that is not the project's says nothing: every mutant may have the same.
    if (kernel.patches.every(name => this.project.patches.some(patch => patch.name === name)))
      this.#done.set(key, trial)
    return trial
  }
}

function trialOf(result: Exploration, program: Program): Trial {
  const ran = new Set<string>()
  program.threads.forEach((thread, t) => {
    thread.steps.forEach((code, pc) => {
      if (code.kind !== 'end' && (result.coverage[t]?.[pc] ?? 0) > 0) ran.add(`${code.frame.operation}: ${code.label}`)
    })
  })
  const { found, tested, lost, cut } = result
  return { violated: [...found.keys()].sort(), tested, lost, cut: [...cut], ran }
}
