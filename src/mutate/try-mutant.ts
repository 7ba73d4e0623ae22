import { checkScenario, type ScenarioResult } from '../check/check-scenario.js'
import { ModelError } from '../errors.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import { framesFrom } from '../program/graph.js'
import { type Kernel, withOperations } from '../program/kernel.js'
import { compile } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import { applicable } from '../project/applicable.js'
import type { Project } from '../project/project.js'
import { isIdle } from './idle.js'
import type { Mutant } from './mutants.js'

/** What became of a mutant. */
export type Fate =
  /** A property that holds on the unchanged kernel is violated. */
  | { readonly fate: 'caught'; readonly scenario: string; readonly property: string }
  /** It does what the original does: the steps in which they differ never do anything, in no state of any scenario. */
  | { readonly fate: 'equivalent' }
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
  /** What is reached, or tested as the scenario promises, without any mutation: a mutant that loses it is noticed. */
  readonly met: ReadonlySet<string>
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
        met: new Set(promised(project, scenario, result)),
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
  for (const { scenario, violated, met, operations, undecided: open } of all) {
    if (options.progress.interrupted) return { fate: 'undecided', reason: 'an interrupt' }
    if (!operations.has(mutant.operation.name)) continue
    if (open !== '') {
      undecided = open
      continue
    }
    const properties = project.properties.filter(property => !violated.has(property.name))
    const claims = properties.filter(property => property.kind !== 'reachable')
    try {
      const result = checkScenario(mutated, scenario, properties, {
        ...options,
        explained: 0,
        until: new Set(claims.map(property => property.name)),
      })
      const caught = result.properties.find(({ verdict }) => verdict === 'violated')
      if (caught) return { fate: 'caught', scenario: scenario.name, property: caught.property }
      const lost = result.properties.find(({ property, verdict }) => verdict === 'vacuous' && met.has(property))
      if (lost) return { fate: 'caught', scenario: scenario.name, property: lost.property }
      const cut = result.properties.find(({ verdict }) => verdict === 'inconclusive')
      if (cut) undecided = `${scenario.name}: ${cut.limit}`
    } catch (thrown) {
      if (thrown instanceof ModelError) return { fate: 'invalid', reason: thrown.message }
      throw thrown
    }
  }
  if (undecided !== '') return { fate: 'undecided', reason: undecided }
  return isEquivalent(kernel, mutant, all, options) ? { fate: 'equivalent' } : { fate: 'survived' }
}

/** Whether the mutant cannot be told from the original in any scenario, because what differs is idle. */
function isEquivalent(kernel: Kernel, mutant: Mutant, all: readonly Baseline[], options: MutationOptions): boolean {
  const used = all.filter(({ operations }) => operations.has(mutant.operation.name))
  return (
    mutant.idle.length > 0 &&
    mutant.idle.every(operation => used.every(({ scenario }) => isIdle(kernel, scenario, operation, options)))
  )
}

/** Situations that are reached, and properties that the scenario exercises and that had their chance. */
function promised(project: Project, scenario: Scenario, result: ScenarioResult): string[] {
  return result.properties.flatMap(({ property, verdict }) => {
    const reachable = project.properties.some(({ name, kind }) => name === property && kind === 'reachable')
    return (reachable || scenario.exercises.includes(property)) && verdict === 'proved' ? [property] : []
  })
}
