import type { System } from '../system/system.js'
import type { Check } from './checks.js'
import { Abandoned, findLivelock, MOST_THREADS } from './livelock.js'
import type { Found, Run } from './result.js'
import type { StateStore } from './store/store.js'

/** What all states together say about a property. */
export interface Afterwards {
  readonly property: string
  readonly run: Run | undefined
  readonly tested: boolean
}

/** Raises Abandoned when there is no time to go on. */
type Tick = () => void

/** What the rules of locks and data races say, for the checks that look at all states. */
export function lookAtAll(checks: readonly Check[], store: StateStore, tick: Tick): Afterwards[] {
  return checks.flatMap(({ name, look }) => unlessAbandoned(() => look && { property: name, ...look(store, tick) }))
}

/** What can be said of livelocks. Without a step that led back there are none. */
export function livelocks(
  checks: readonly Check[],
  system: System,
  store: StateStore,
  retreats: boolean,
  stopped: () => boolean,
): Afterwards[] {
  if (system.threads.length > MOST_THREADS) return []
  return checks.flatMap(({ name, fairness }) =>
    unlessAbandoned(() => {
      if (!fairness) return undefined
      const run = retreats ? findLivelock(system, store, fairness, stopped) : undefined
      return { property: name, run, tested: true }
    }),
  )
}

/** Those that do not hold, as violations that were found. */
export function violationsAmong(all: readonly Afterwards[]): [string, Found][] {
  return all.flatMap(({ property, run }): [string, Found][] =>
    run ? [[property, { property, run, finding: undefined }]] : [],
  )
}

function unlessAbandoned(decide: () => Afterwards | undefined): Afterwards[] {
  try {
    const decided = decide()
    return decided ? [decided] : []
  } catch (thrown) {
    if (thrown instanceof Abandoned) return []
    throw thrown
  }
}
