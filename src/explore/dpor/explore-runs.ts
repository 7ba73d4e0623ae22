import { forgetTests, testedAssertions } from '../../program/findings.js'
import type { WatchedSystem } from '../../system/system.js'
import type { Check } from '../checks.js'
import { limits as withDefaults } from '../limits.js'
import { Progress } from '../progress.js'
import type { Exploration } from '../result.js'
import { Ledger } from './ledger.js'
import { Observers } from './observers.js'
import type { RunOptions } from './options.js'
import { PreemptionBound } from './preemptions.js'
import { RunSearch } from './run-search.js'

/** Steps of one run unless said otherwise. */
const STEPS = 10_000

/**
 * Explores runs, not states, and remembers none but the current one: of all runs that differ only in the order of
 * independent steps it follows one to its end. It finds every violation of a state property, every deadlock and every
 * final state that a search of all states finds. Runs that come back to a state are given up there, and counted.
 * Livelocks are not looked for. @throws ModelError when the model itself is wrong.
 */
export function exploreRuns(
  system: WatchedSystem,
  checks: readonly Check[],
  { limits, progress = new Progress(), until = {}, steps = STEPS, preemptions }: RunOptions = {},
): Exploration {
  forgetTests()
  progress.begin()
  const ledger = new Ledger(system, checks, withDefaults(limits), progress, until)
  const told = {
    violated: (check: Check) => ledger.violates(check),
    tested: (check: Check) => ledger.tested.add(check.name),
  }
  const bound = preemptions === undefined ? undefined : new PreemptionBound(preemptions, why => ledger.giveUp(why))
  for (const group of bound ? [checks] : groupsOf(checks)) {
    const observers = new Observers(system, group, told)
    do {
      observers.grew = false
      ledger.begin()
      new RunSearch(system, observers, ledger, steps, bound).run()
    } while (observers.grew && ledger.stopped === undefined)
    ledger.end()
    if (ledger.stopped !== undefined) break
  }
  for (const name of testedAssertions()) ledger.tested.add(name)
  return ledger.exploration()
}

/**
 * What is looked at in one search. Each state property has a search of its own: the more is looked at, the fewer steps
 * are independent, and two searches take as long as both together, where one of both takes as long as their product.
 * Everything else is seen by each of them.
 */
function groupsOf(checks: readonly Check[]): (readonly Check[])[] {
  const looking = checks.filter(({ when }) => when === 'always' || when === 'reachable')
  return looking.length === 0 ? [[]] : looking.map(check => [check])
}
