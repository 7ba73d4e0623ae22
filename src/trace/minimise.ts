import { ModelError } from '../errors.js'
import { checksOf } from '../explore/checks.js'
import { explore } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { Exploration, Run } from '../explore/result.js'
import { createTreeStore } from '../explore/store/tree-store.js'
import type { Kernel } from '../program/kernel.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile, type Program } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import type { Property } from '../property/property.js'
import { countPreemptions, fewestPreemptions } from './fewest-preemptions.js'
import { type Cutting, cut, furtherCuts, NOTHING_CUT } from './shrink.js'

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

/**
 * Makes a violation minimal: fewest steps, then a smaller scenario in which the same property fails in as few steps,
 * then fewest preemptions and changes of thread.
 */
export function minimise(
  kernel: Kernel,
  scenario: Scenario,
  property: Property,
  first: Run,
  exploration: Exploration,
  limits: Partial<Limits> = {},
): Minimal {
  let best = { program: compile(kernel, scenario), run: first, cutting: NOTHING_CUT, states: exploration.states }
  let shortest = exploration.strategy === 'bfs'
  if (!shortest) {
    const searched = searchFor(kernel, scenario, property, limits)
    if (searched && searched.run.ordinals.length <= first.ordinals.length) {
      best = { ...best, ...searched }
      shortest = true
    }
  }
  for (let again = true; again; ) {
    again = false
    for (const cutting of furtherCuts(scenario, best.cutting)) {
      const smaller = searchFor(kernel, cut(scenario, cutting), property, {
        ...limits,
        states: Math.min(limits.states ?? Number.POSITIVE_INFINITY, Math.max(10_000, 2 * exploration.states)),
      })
      if (smaller && smaller.run.ordinals.length <= best.run.ordinals.length) {
        best = { ...smaller, cutting }
        again = true
        break
      }
    }
  }
  const system = new PackedSystem(best.program)
  const checks = checksOf([property], system.shared)
  const calm = shortest
    ? fewestPreemptions(system, checks, property, best.run)
    : { run: best.run, preemptions: countPreemptions(system, best.run), fewest: false }
  return { ...best, run: calm.run, preemptions: calm.preemptions, calmest: calm.fewest, shortest }
}

/** The shortest violation of the property, or undefined when there is none within the limits. */
function searchFor(
  kernel: Kernel,
  scenario: Scenario,
  property: Property,
  limits: Partial<Limits>,
): { program: Program; run: Run; states: number } | undefined {
  try {
    const program = compile(kernel, scenario)
    const system = new PackedSystem(program)
    const store = createTreeStore(system.words, {})
    const until = { any: new Set([property.name]) }
    const result = explore(system, checksOf([property], system.shared), store, { limits, until })
    const found = result.found.get(property.name)
    return found ? { program, run: found.run, states: result.states } : undefined
  } catch (thrown) {
    // A scenario that lost a part may no longer make sense as a model; then it is no smaller example.
    if (thrown instanceof ModelError) return undefined
    throw thrown
  }
}
