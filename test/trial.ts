import { readFileSync } from 'node:fs'
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

/** A kernel with patches, by name. */
export interface Variant {
  readonly kernel: string
  readonly patches: readonly string[]
}

/** The part of an index of expectations that tests look at. */
export interface Index {
  readonly bugs: readonly {
    readonly id: string
    readonly scenario: string
    readonly property: string
    readonly before: Variant
    readonly after: Variant
  }[]
  readonly known: readonly { readonly kernel: string; readonly scenario: string; readonly property: string }[]
}

/** The index in `counterexamples/` of that name. */
export function readIndex(name: string): Index {
  return JSON.parse(readFileSync(new URL(`../counterexamples/${name}.json`, import.meta.url), 'utf8')) as Index
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
    const base = named('kernel', this.project.kernels, kernel)
    return patches.reduce((patched, name) => applyPatch(patched, named('patch', this.project.patches, name)), base)
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
    const checks = checksOf(this.project.properties, system.shared)
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
