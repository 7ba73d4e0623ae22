import { checksOf, compile, type Exploration, type ExploreOptions, explore, PackedSystem } from 'foliocheck'
import { createFingerprintStore } from '../../src/explore/store/fingerprint-store.js'
import { createPlainStore } from '../../src/explore/store/plain-store.js'
import { createTreeStore } from '../../src/explore/store/tree-store.js'
import type { Oracle } from './oracle.js'
import { searchReference } from './search-reference.js'

/** What every way of exploring must agree on. `levels` and the lengths of `violated` are for breadth-first ones. */
export interface Counts {
  readonly distinct: number
  readonly generated: number
  readonly levels: number
  readonly terminal: number
  readonly violated: Readonly<Record<string, number>>
}

/** A way to explore a model. */
export interface Mode {
  readonly name: string
  readonly shortest: boolean
  /** Distinct states above which it takes too long for a test. */
  readonly most: number
  readonly run: (oracle: Oracle) => Counts
}

const stores = { plain: createPlainStore, tree: createTreeStore, fingerprint: createFingerprintStore }

const packed = (['bfs', 'dfs'] as const).flatMap(strategy =>
  Object.entries(stores)
    .filter(([store]) => strategy === 'bfs' || store !== 'fingerprint')
    .map(
      ([store, create]): Mode => ({
        name: `${strategy}, ${store} store`,
        shortest: strategy === 'bfs',
        most: store === 'plain' ? 10_000 : 1_000_000,
        run: oracle => countsOf(exploreOracle(oracle, create, { strategy })),
      }),
    ),
)

/** Every way to explore there is. */
export const modes: readonly Mode[] = [
  ...packed,
  // Batches of the least size: each state is inserted by itself.
  {
    name: 'bfs, smallest batches',
    shortest: true,
    most: 10_000,
    run: oracle => {
      const system = new PackedSystem(compile(oracle.kernel, oracle.scenario))
      const store = createPlainStore(system.words, { capacity: system.maxSuccessors })
      return countsOf(explore(system, checksOf(oracle.properties, system.shared), store))
    },
  },
  { name: 'reference semantics', shortest: true, most: 300, run: searchReference },
]

function exploreOracle(oracle: Oracle, create: typeof createPlainStore, options: ExploreOptions): Exploration {
  const system = new PackedSystem(compile(oracle.kernel, oracle.scenario))
  return explore(system, checksOf(oracle.properties, system.shared), create(system.words), options)
}

function countsOf(result: Exploration): Counts {
  return {
    distinct: result.states,
    generated: result.initialStates + result.transitions,
    levels: result.levels,
    terminal: result.terminal,
    violated: Object.fromEntries([...result.found].map(([name, { run }]) => [name, run.ordinals.length])),
  }
}
