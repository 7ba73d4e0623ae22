import type { PropertyResult, ScenarioResult } from './check-scenario.js'

/** What a patch does to one property of one scenario. */
export type Effect = 'fixed' | 'broken' | 'still broken' | 'still holds' | 'vacuous' | 'not decided'

/** One cell of a comparison. */
export interface Cell {
  readonly scenario: string
  readonly property: string
  readonly effect: Effect
  readonly before: PropertyResult
  readonly after: PropertyResult
}

/** Whether the property is violated after the patch and was not before, as far as was searched. */
export function isNew({ before, after }: Cell): boolean {
  return after.verdict === 'violated' && before.verdict !== 'violated'
}

/** The cells of one scenario, from its results before and after a patch. */
export function compareResults(before: ScenarioResult, after: ScenarioResult): Cell[] {
  return before.properties.flatMap(was => {
    const is = after.properties.find(candidate => candidate.property === was.property)
    return is
      ? [{ scenario: before.scenario, property: was.property, effect: effectOf(was, is), before: was, after: is }]
      : []
  })
}

/**
 * A property counts as holding when it is proved, or holds up to a bound: the cell's verdicts say which. Nothing is said
 * of a patch where either side was not searched to its end.
 */
function effectOf(before: PropertyResult, after: PropertyResult): Effect {
  const violatedBefore = before.verdict === 'violated'
  if (before.verdict === 'inconclusive' || after.verdict === 'inconclusive') return 'not decided'
  if (after.verdict === 'violated') return violatedBefore ? 'still broken' : 'broken'
  if (violatedBefore) return after.verdict === 'vacuous' ? 'not decided' : 'fixed'
  return after.verdict === 'vacuous' ? 'vacuous' : 'still holds'
}
