import { checksOf } from '../explore/checks.js'
import { explore } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import type { Exploration, Run } from '../explore/result.js'
import { createTreeStore } from '../explore/store/tree-store.js'
import type { Kernel } from '../program/kernel.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile, type Program } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import type { Property } from '../property/property.js'
import { countPreemptions, fewestPreemptions } from './fewest-preemptions.js'
import { type Cutting, NOTHING_CUT, shrink } from './shrink.js'

/** A violation as small as it could be made. */
export interface Minimal {
  readonly program: Program
  readonly run: Run
  readonly preemptions: number
  /** No shorter run violates the property in this scenario. */
  readonly shortest: boolean
  /** No run of this length has fewer preemptions. */
  readonly calmest: boolean
  /** What the shrunk scenario leaves out. */
  readonly cutting: Cutting
  /** Distinct states of the search that showed that there is no shorter run. */
  readonly states: number
}

/** What ends the searches for something smaller: each has these limits, and an interrupt ends them all. */
export interface MinimiseOptions {
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
}

/**
 * Makes a violation minimal: fewest steps, then fewest preemptions and changes of thread, then a smaller scenario in
 * which the same steps, without those of what was left out, violate the same property.
 */
export function minimise(
  kernel: Kernel,
  scenario: Scenario,
  property: Property,
  first: Run,
  exploration: Exploration,
  options: MinimiseOptions = {},
): Minimal {
  const program = compile(kernel, scenario)
  if (property.kind === 'livelock') return asFound(program, first, exploration.states, false)
  if (property.kind === 'locks' || property.kind === 'data-race')
    return asFound(program, first, exploration.states, exploration.strategy === 'bfs')
  let best = { run: first, states: exploration.states }
  let shortest = exploration.strategy === 'bfs' && exploration.exact && !exploration.reduction?.order
  if (!shortest) {
    const searched = shortestViolation(program, property, options)
    if (searched && searched.run.ordinals.length <= first.ordinals.length) {
      best = searched
      shortest = true
    }
  }
  const system = new PackedSystem(program)
  const calm = shortest
    ? fewestPreemptions(
        system,
        checksOf([property], system.shared),
        property,
        best.run,
        () => options.progress?.interrupted ?? false,
      )
    : { run: best.run, preemptions: countPreemptions(system, best.run), fewest: false }
  const isShortest = (smaller: Program, length: number) => {
    const searched = shortestViolation(smaller, property, {
      ...options,
      limits: { ...options.limits, states: Math.max(10_000, 2 * exploration.states) },
    })
    return searched?.run.ordinals.length === length
  }
  // The numbers of threads are the numbers of store buffers.
  const small =
    options.progress?.interrupted || scenario.storeOrder !== 'sc'
      ? { program, run: calm.run, cutting: NOTHING_CUT }
      : shrink(kernel, program, property, calm.run, isShortest)
  return {
    program: small.program,
    run: small.run,
    preemptions:
      small.run === calm.run ? calm.preemptions : countPreemptions(new PackedSystem(small.program), small.run),
    shortest,
    calmest: calm.fewest,
    cutting: small.cutting,
    states: best.states,
  }
}

/**
 * A run that goes on for ever has its shortest way to its loop, and there the shortest loop; runs to locks and
 * races are the first of a breadth-first search. That is all.
 */
function asFound(program: Program, run: Run, states: number, shortest: boolean): Minimal {
  const preemptions = countPreemptions(new PackedSystem(program), run)
  return { program, run, preemptions, shortest, calmest: false, cutting: NOTHING_CUT, states }
}

/** The shortest violation of the property, or undefined when there is none within the limits. */
function shortestViolation(
  program: Program,
  property: Property,
  options: MinimiseOptions,
): { run: Run; states: number } | undefined {
  const system = new PackedSystem(program)
  const store = createTreeStore(system.words, {})
  const result = explore(system, checksOf([property], system.shared), store, {
    ...options,
    until: { any: new Set([property.name]) },
  })
  const found = result.found.get(property.name)
  return found ? { run: found.run, states: result.states } : undefined
}
