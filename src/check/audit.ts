import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import type { Kernel } from '../program/kernel.js'
import type { Scenario } from '../program/scenario.js'
import type { Property } from '../property/property.js'
import { type CheckOptions, checkScenario, type ScenarioResult } from './check-scenario.js'
import { searchReference } from './reference-search.js'

/** What came of checking one scenario in every way there is. */
export interface Audit {
  readonly scenario: string
  readonly states: number
  /** The ways that came to an end, besides the plain one. */
  readonly modes: readonly string[]
  /** In words: which way says what else. */
  readonly disagreements: readonly string[]
  /** Whether it was left alone because it has too many states. */
  readonly large: boolean
}

interface AuditOptions {
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
  /** States, at most. */
  readonly most: number
}

/** States up to which the reference semantics takes part. */
const MOST_REFERENCE = 1000

/** Ways to search besides the plain one; each has to say the same. */
const MODES: readonly (readonly [string, CheckOptions])[] = [
  ['depth-first', { strategy: 'dfs' }],
  ['fingerprints', { fingerprints: true }],
  ['symmetry', { reduce: ['symmetry'] }],
  ['local steps', { reduce: ['local'] }],
  ['partial order', { reduce: ['order'] }],
  ['symmetry and partial order', { reduce: ['symmetry', 'order'] }],
  ['one run per trace', { strategy: 'dpor' }],
]

/** Kinds of property that only the plain search, depth-first search or neither decides. */
const AFTERWARDS: readonly Property['kind'][] = ['livelock', 'locks', 'data-race']

/** Checks a small scenario in every way there is, and compares what they say. @throws as `checkScenario` */
export function audit(
  kernel: Kernel,
  scenario: Scenario,
  properties: readonly Property[],
  { limits, progress, most }: AuditOptions,
): Audit {
  const common = { ...(progress && { progress }), limits: { ...limits, states: most }, explained: 1 }
  const plain = checkScenario(kernel, scenario, properties, common)
  const { states } = plain.exploration
  if (plain.exploration.stopped) {
    return { scenario: scenario.name, states, modes: [], disagreements: [], large: true }
  }
  const modes: string[] = []
  const disagreements: string[] = []
  for (const [mode, options] of MODES) {
    // The runs of a search without memory are counted by their steps.
    const most = options.strategy === 'dpor' ? 20 * states : 2 * states
    const limits = { ...common.limits, states: Math.max(most, 1000) }
    const result = checkScenario(kernel, scenario, properties, { ...common, ...options, limits })
    if (options.strategy === 'dpor' && result.exploration.stopped) continue
    modes.push(mode)
    disagreements.push(...differences(plain, result, properties).map(what => `${mode}: ${what}`))
  }
  const bySlow = bySlowSearch(kernel, scenario, properties, plain)
  if (bySlow) {
    modes.push('reference semantics')
    disagreements.push(...bySlow.map(what => `reference semantics: ${what}`))
  }
  return { scenario: scenario.name, states, modes, disagreements, large: false }
}

/** Where a result differs from the plain one in anything that they must share. */
function differences(plain: ScenarioResult, other: ScenarioResult, properties: readonly Property[]): string[] {
  const found: string[] = []
  const { exploration } = other
  const expected = plain.exploration.states
  const { symmetry, order } = exploration.reduction ?? {}
  if (exploration.strategy !== 'dpor' && !order && !symmetry && exploration.states !== expected) {
    found.push(`${exploration.states} states, not ${expected}`)
  }
  if (symmetry && !order && symmetry.standFor < expected) {
    found.push(`orbits of ${symmetry.standFor} states, not of ${expected}`)
  }
  if (exploration.states > expected && exploration.strategy !== 'dpor') found.push('more states than there are')
  const kinds = new Map(properties.map(({ name, kind }) => [name, kind]))
  plain.properties.forEach((own, i) => {
    const { property, verdict, counterexample } = other.properties[i]
    const kind = kinds.get(property)
    if (verdict === 'inconclusive' && kind && AFTERWARDS.includes(kind)) return
    // Runs that came back to where they were are not followed by a search that remembers no states.
    const givenUp = (exploration.givenUp?.size ?? 0) > 0
    if (givenUp && (verdict === 'inconclusive' || (verdict === 'holds up to' && own.verdict === 'proved'))) return
    if (verdict !== own.verdict) found.push(`${property} is ${verdict}, not ${own.verdict}`)
    if (own.counterexample && counterexample && own.counterexample.steps !== counterexample.steps) {
      found.push(`${property} is violated after ${counterexample.steps} steps, not ${own.counterexample.steps}`)
    }
  })
  return found
}

function bySlowSearch(
  kernel: Kernel,
  scenario: Scenario,
  properties: readonly Property[],
  plain: ScenarioResult,
): string[] | undefined {
  const { states } = plain.exploration
  if (states > MOST_REFERENCE) return undefined
  const slow = searchReference(kernel, scenario, properties, MOST_REFERENCE)
  if (!slow) return [`more than ${MOST_REFERENCE} states, not ${states}`]
  const found = slow.states === states ? [] : [`${slow.states} states, not ${states}`]
  properties.forEach(({ name, kind }, i) => {
    if (AFTERWARDS.includes(kind) || kind === 'reachable') return
    const violated = plain.properties[i].verdict === 'violated'
    if (slow.violated.has(name) !== violated) found.push(`${name} is ${violated ? 'not ' : ''}violated`)
  })
  return found
}
