import type { Reduction } from '../explore/result.js'
import type { Scenario, StoreOrder } from '../program/scenario.js'
import type { Property } from '../property/property.js'
import type { PropertyResult, ScenarioResult } from './check-scenario.js'
import type { Counterexample } from './counterexample.js'
import { type Expectations, expectationOf, isAbout, isPattern, type Known, sameVariant } from './expectations.js'
import type { Verdict } from './verdict.js'

/** One line of a check: one property of one scenario on one kernel. The shape of `check --json`. */
export interface Row {
  readonly kernel: string
  readonly patches: readonly string[]
  readonly scenario: string
  readonly property: string
  readonly verdict: Verdict
  /** For `holds up to` and `inconclusive`: what was not searched. */
  readonly limit: string
  readonly expected: 'proved' | 'violated'
  /** Whether the verdict is the expected one, and nothing that the scenario must exercise was vacuous. */
  readonly asExpected: boolean
  /** Whether the scenario says that this property must have had its chance to fail in it. */
  readonly exercised: boolean
  /** Why a violation is expected: the source steps it rests on. */
  readonly note: string
  readonly exact: boolean
  /** In which order stores become visible. */
  readonly storeOrder: StoreOrder
  /** What reductions saved; null when nothing was to be left out. */
  readonly reduction: Reduction | null
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly seconds: number
  /** Steps of the violation, the setup's not counted; null when there is none. */
  readonly steps: number | null
  /** The violation told in full; null when there is none, or shorter ones of the same scenario are told instead. */
  readonly counterexample: Counterexample | null
}

/** The rows of one scenario's result. */
export function rowsOf(result: ScenarioResult, scenario: Scenario, expectations: Expectations): Row[] {
  return result.properties.map(property => rowOf(property, result, scenario, expectations))
}

function rowOf(found: PropertyResult, result: ScenarioResult, scenario: Scenario, expectations: Expectations): Row {
  const expected = expectationOf(expectations, result, { scenario: scenario.name, ...found })
  const exercised = scenario.exercises.includes(found.property)
  const vacuous = exercised && found.verdict === 'vacuous' && found.limit === ''
  // What was not searched to its end contradicts nothing.
  const open = found.verdict === 'inconclusive'
  const { exploration } = result
  return {
    kernel: result.kernel,
    patches: result.patches,
    scenario: scenario.name,
    property: found.property,
    verdict: found.verdict,
    limit: found.limit,
    expected: expected.verdict,
    asExpected: open || ((found.verdict === 'violated') === (expected.verdict === 'violated') && !vacuous),
    exercised,
    note: expected.note,
    exact: exploration.exact,
    storeOrder: result.storeOrder,
    reduction: exploration.reduction ?? null,
    states: exploration.states,
    transitions: exploration.transitions,
    depth: Math.max(0, exploration.levels - 1),
    seconds: Number(exploration.seconds.toFixed(3)),
    steps: found.counterexample?.steps ?? found.steps ?? null,
    counterexample: found.counterexample ?? null,
  }
}

/** Properties that had no chance to fail in any of the rows. */
export function neverTested(rows: readonly Row[], properties: readonly Property[]): string[] {
  return properties
    .map(property => property.name)
    .filter(name => {
      const own = rows.filter(row => row.property === name)
      return own.length > 0 && own.every(row => row.verdict === 'vacuous')
    })
}

/** Patterns of expected violations that no violation fits, though all that they could be about was searched. */
export function missingKnown({ known }: Expectations, rows: readonly Row[]): Known[] {
  return known.filter(k => {
    const variant = rows.filter(row => sameVariant(row, k))
    const own = variant.filter(row => isAbout(k, row))
    return isPattern(k) && variant.length > 0 && own.every(row => row.verdict !== 'violated' && row.limit === '')
  })
}
