import { checkScenario } from '../check/check-scenario.js'
import { ModelError } from '../errors.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import { framesFrom } from '../program/graph.js'
import { type Kernel, withOperations } from '../program/kernel.js'
import { compile } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import { applicable } from '../project/applicable.js'
import type { Project } from '../project/project.js'
import type { Mutant } from './mutants.js'

/** What became of a mutant. */
export type Fate =
  /** A property that holds on the unchanged kernel is violated. */
  | { readonly fate: 'caught'; readonly scenario: string; readonly property: string }
  /** No property noticed. */
  | { readonly fate: 'survived' }
  /** It is no model any more: it stores what a field cannot hold, or loops without a step. Counts neither way. */
  | { readonly fate: 'invalid'; readonly reason: string }
  /** A limit was hit before anything was noticed. */
  | { readonly fate: 'undecided'; readonly reason: string }

/** A scenario with what is violated in it without any mutation, and the operations that it runs. */
export interface Baseline {
  readonly scenario: Scenario
  readonly violated: ReadonlySet<string>
  readonly operations: ReadonlySet<string>
  readonly states: number
  /** Why it is not known what is violated, or the empty string. */
  readonly undecided: string
}

/** How long mutants may be searched, and what stops that. */
export interface MutationOptions {
  readonly limits: Partial<Limits>
  readonly progress: Progress
}

/** Every scenario that applies to the kernel, explored unchanged; small ones first. */
export function baselines(project: Project, kernel: Kernel, options: MutationOptions): Baseline[] {
  return project.scenarios
    .filter(scenario => applicable(kernel, scenario))
    .map(scenario => {
      const result = checkScenario(kernel, scenario, project.properties, { ...options, explained: 0 })
      const violated = result.properties.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property)
      const cut = result.properties.find(({ verdict }) => verdict === 'inconclusive')
      const frames = compile(kernel, scenario).threads.flatMap(thread => framesFrom(thread.entry))
      return {
        scenario,
        violated: new Set(violated),
        operations: new Set(frames.map(frame => frame.operation)),
        states: result.exploration.states,
        undecided: cut ? `${scenario.name} without the mutation: ${cut.limit}` : '',
      }
    })
    .sort((a, b) => a.states - b.states)
}

/** Runs the scenarios that use the mutated operation until one of them notices. */
export function tryMutant(
  project: Project,
  kernel: Kernel,
  mutant: Mutant,
  all: readonly Baseline[],
  options: MutationOptions,
): Fate {
  const mutated = withOperations(kernel, [mutant.operation])
  let undecided = ''
  for (const { scenario, violated, operations, undecided: open } of all) {
    if (options.progress.interrupted) return { fate: 'undecided', reason: 'an interrupt' }
    if (!operations.has(mutant.operation.name)) continue
    if (open !== '') {
      undecided = open
      continue
    }
    const properties = project.properties.filter(
      property => property.kind !== 'reachable' && !violated.has(property.name),
    )
    try {
      const result = checkScenario(mutated, scenario, properties, {
        ...options,
        explained: 0,
        until: new Set(properties.map(property => property.name)),
      })
      const caught = result.properties.find(({ verdict }) => verdict === 'violated')
      if (caught) return { fate: 'caught', scenario: scenario.name, property: caught.property }
      const cut = result.properties.find(({ verdict }) => verdict === 'inconclusive')
      if (cut) undecided = `${scenario.name}: ${cut.limit}`
    } catch (thrown) {
      if (thrown instanceof ModelError) return { fate: 'invalid', reason: thrown.message }
      throw thrown
    }
  }
  return undecided === '' ? { fate: 'survived' } : { fate: 'undecided', reason: undecided }
}
