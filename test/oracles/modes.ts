import {
  checksOf,
  compile,
  createFingerprintStore,
  createPlainStore,
  createTreeStore,
  type Exploration,
  type ExploreOptions,
  explore,
  PackedSystem,
  type StateStore,
} from 'foliocheck'
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
  breadthFirst('smallest batches', system =>
    createTreeStore(system.words, { capacity: Math.max(1, system.maxSuccessors) }),
  ),
  breadthFirst('code made for every step at once', system => createTreeStore(system.words), 0),
  breadthFirst('steps interpreted', system => createTreeStore(system.words), Number.POSITIVE_INFINITY),
  { name: 'reference semantics', shortest: true, most: 300, run: searchReference },
]

function breadthFirst(name: string, create: (system: PackedSystem) => StateStore, warmUp?: number): Mode {
  return {
    name: `bfs, ${name}`,
    shortest: true,
    most: 10_000,
    run: oracle => {
      const system = new PackedSystem(compile(oracle.kernel, oracle.scenario), warmUp === undefined ? {} : { warmUp })
      return countsOf(explore(system, checksOf(oracle.properties, system.shared), create(system)))
    },
  }
}

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
