import { DEFAULT_LIMITS, type Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import type { Exploration } from '../explore/result.js'
import { lookAgain } from '../explore/seen.js'
import type { StateStore } from '../explore/store/store.js'
import type { Program } from '../program/program.js'
import { coverageOf, type ScenarioCoverage } from './coverage.js'

interface CoveringOptions {
  readonly coverage?: boolean
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
}

/** The coverage of a scenario that was searched; branches and orders of steps when they are asked for. */
export function covering(
  program: Program,
  result: Exploration,
  store: StateStore | undefined,
  times: Exploration['coverage'],
  { coverage = false, limits, progress }: CoveringOptions,
): ScenarioCoverage {
  const whole = isWhole(result)
  if (!coverage) return coverageOf(program, times, undefined, { whole, caveat: 'not asked for' })
  if (!store?.exact) {
    const caveat = store ? 'fingerprints keep no states to look at' : `the strategy ${result.strategy} keeps no states`
    return coverageOf(program, times, undefined, { whole, caveat })
  }
  const end = performance.now() + 1000 * (limits?.seconds ?? DEFAULT_LIMITS.seconds)
  const seen = lookAgain(program, store, () => (progress?.interrupted ?? false) || performance.now() > end)
  return coverageOf(program, times, seen, { whole, caveat: caveatOf(result, whole, seen.whole) })
}

/** Why more branches and orders may be possible than were seen. */
function caveatOf({ reduction }: Exploration, whole: boolean, all: boolean): string {
  if (!all) return 'time was up before all states were looked at once more'
  if (reduction) return 'a reduction left states out'
  return whole ? '' : 'not all was searched'
}

/** Whether no run of the model was left out. */
function isWhole({ stopped, cut, givenUp, lost, strategy, reduction }: Exploration): boolean {
  const left = cut.size + (givenUp?.size ?? 0) + lost
  return stopped === undefined && left === 0 && strategy !== 'walk' && reduction === undefined
}
