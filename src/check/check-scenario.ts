import { UsageError } from '../errors.js'
import { checksOf } from '../explore/checks.js'
import { exploreRuns } from '../explore/dpor/explore-runs.js'
import { explore } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { Recruiting, Reductions } from '../explore/options.js'
import type { Progress } from '../explore/progress.js'
import type { Exploration, Run, Strategy } from '../explore/result.js'
import type { StateStore } from '../explore/store/store.js'
import { walk } from '../explore/walk.js'
import type { Kernel } from '../program/kernel.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile } from '../program/program.js'
import type { Scenario, StoreOrder } from '../program/scenario.js'
import { PackedSymmetry } from '../program/symmetry/symmetry.js'
import { type LockClass, lockClassesOf } from '../property/locks.js'
import type { Property } from '../property/property.js'
import { threadOf } from '../system/system.js'
import { minimise } from '../trace/minimise.js'
import { type Counterexample, counterexampleOf } from './counterexample.js'
import type { ScenarioCoverage } from './coverage.js'
import { covering } from './covering.js'
import { sharedStoreFor, storeFor } from './store-for.js'
import { judge, type Verdict } from './verdict.js'

/** What a search may leave out: see docs/verdicts.md. */
export const REDUCTIONS = ['symmetry', 'order', 'local'] as const
export type ReductionName = (typeof REDUCTIONS)[number]

export interface CheckOptions {
  readonly strategy?: Strategy
  /** `order` is the stronger form of `local`. */
  readonly reduce?: readonly ReductionName[]
  /** Recognise states by 64-bit fingerprints: faster, and with a chance of missing states that is printed. */
  readonly fingerprints?: boolean
  /** The order of stores, unless the scenario's own. */
  readonly storeOrder?: StoreOrder
  /** For the strategy dpor: the most preemptions of a run. */
  readonly preemptions?: number
  readonly seed?: number
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
  /** Threads to bring in when the space is large, besides this one. */
  readonly recruit?: Omit<Recruiting, 'store'>
  /** End as soon as one of these properties is violated. */
  readonly until?: ReadonlySet<string>
  /** How many violations are made minimal and told in full, the shortest first; the others are counted. */
  readonly explained?: number
  /** Look at all states once more for branches and orders of steps: about as long again as the search. */
  readonly coverage?: boolean
  /** In whose words deadlocks are told; those of the properties unless given. */
  readonly locks?: readonly LockClass[]
}

/** Violations told in full unless asked for more. */
const EXPLAINED = 3

/** What was found about one property of one scenario. */
export interface PropertyResult {
  readonly property: string
  readonly verdict: Verdict
  readonly limit: string
  /** For a reachability property that was found: how many steps it took. */
  readonly witness: number | undefined
  /** Steps of the violation that was found first, the setup's not counted. */
  readonly steps: number | undefined
  readonly counterexample: Counterexample | undefined
}

/** Steps of one operation that no run of a scenario took. */
export interface DeadStep {
  readonly operation: string
  readonly label: string
}

/** One scenario on one kernel, explored and judged. */
export interface ScenarioResult {
  readonly kernel: string
  readonly patches: readonly string[]
  readonly scenario: string
  readonly storeOrder: StoreOrder
  readonly properties: readonly PropertyResult[]
  readonly exploration: Omit<Exploration, 'found' | 'tested' | 'coverage' | 'levelSizes'>
  /** Chance that fingerprints merged two states, at most; 0 when exact. */
  readonly collisionBound: number
  readonly dead: readonly DeadStep[]
  readonly coverage: ScenarioCoverage
}

/** Explores a scenario on a kernel and judges every property. @throws ModelError when the model is wrong. */
export function checkScenario(
  kernel: Kernel,
  made: Scenario,
  properties: readonly Property[],
  options: CheckOptions = {},
): ScenarioResult {
  refuse(options)
  const { storeOrder = made.storeOrder } = options
  const scenario = { ...made, storeOrder }
  const program = compile(kernel, scenario)
  const system = new PackedSystem(program, { watch: reducesOrder(options) || options.strategy === 'dpor' })
  const checks = checksOf(properties, system.shared, program)
  const { result, store } = search(system, checks, options)
  const { limits, progress } = options
  const stops = { ...(limits && { limits }), ...(progress && { progress }) }
  const explained = mostTelling(result, properties, options.explained ?? EXPLAINED)
  const steps = (run: Run) => run.ordinals.filter(ordinal => !(program.setup && threadOf(ordinal) === 0)).length
  const judged = properties.map((property): PropertyResult => {
    const { verdict, limit } = judge(property, result)
    const found = result.found.get(property.name)
    const wanted = found && explained.has(property.name)
    return {
      property: property.name,
      verdict,
      limit,
      witness: property.kind === 'reachable' && found ? steps(found.run) : undefined,
      steps: verdict === 'violated' && found ? steps(found.run) : undefined,
      counterexample: wanted
        ? counterexampleOf(
            minimise(kernel, scenario, property, found.run, result, stops),
            property,
            kernel.patches,
            options.locks ?? lockClassesOf(properties),
          )
        : undefined,
    }
  })
  const { found: _found, tested: _tested, coverage, levelSizes: _sizes, ...exploration } = result
  const covered = covering(program, result, store, coverage, options)
  return {
    kernel: kernel.name,
    patches: kernel.patches,
    scenario: scenario.name,
    storeOrder,
    properties: judged,
    exploration,
    collisionBound: result.exact || result.strategy === 'walk' ? 0 : (result.states * result.states) / 2 ** 65,
    dead: covered.operations.flatMap(({ operation, steps }) =>
      steps.filter(({ times }) => times === 0).map(({ label }) => ({ operation, label })),
    ),
    coverage: covered,
  }
}

/** The violations to tell in full: those with the fewest steps, since the others may follow from them. */
function mostTelling(result: Exploration, properties: readonly Property[], most: number): Set<string> {
  const violated = [...result.found.values()].filter(({ property }) =>
    properties.some(({ name, kind }) => name === property && kind !== 'reachable'),
  )
  violated.sort((a, b) => a.run.ordinals.length - b.run.ordinals.length)
  return new Set(violated.slice(0, most).map(({ property }) => property))
}

/** What a search came to, and the states that it has stored, if it stores them whole. */
interface Searched {
  readonly result: Exploration
  readonly store: StateStore | undefined
}

function search(system: PackedSystem, checks: ReturnType<typeof checksOf>, options: CheckOptions): Searched {
  const { limits, progress, strategy = 'bfs', seed, until, preemptions } = options
  const common = { ...(limits && { limits }), ...(progress && { progress }) }
  const without = (result: Exploration): Searched => ({ result, store: undefined })
  if (strategy === 'walk') return without(walk(system, checks, { ...common, ...(seed !== undefined && { seed }) }))
  const ends = { ...common, ...(until && { until: { any: until } }) }
  if (strategy === 'dpor')
    return without(exploreRuns(system, checks, { ...ends, ...(preemptions !== undefined && { preemptions }) }))
  const reduce = reductionsOf(system, options)
  const rest = { ...ends, strategy, ...(reduce && { reduce }) }
  const wanted = { memory: limits?.memory, fingerprints: options.fingerprints ?? false }
  if (options.recruit && strategy === 'bfs' && !reduce) {
    const store = sharedStoreFor(system, wanted)
    return { store, result: explore(system, checks, store, { ...rest, recruit: { ...options.recruit, store } }) }
  }
  const store = storeFor(system, wanted)
  return { store, result: explore(system, checks, store, rest) }
}

function reducesOrder({ reduce = [] }: CheckOptions): boolean {
  return reduce.includes('order') || reduce.includes('local')
}

function reductionsOf(system: PackedSystem, options: CheckOptions): Reductions | undefined {
  const { reduce = [] } = options
  if (reduce.length === 0) return undefined
  const alone = reduce.includes('order') ? ('independent' as const) : ('local' as const)
  return {
    ...(reducesOrder(options) && { order: { system, alone } }),
    ...(reduce.includes('symmetry') && { symmetry: new PackedSymmetry(system) }),
  }
}

/** @throws UsageError for options that mean nothing together. */
function refuse({ strategy = 'bfs', fingerprints, preemptions, reduce = [] }: CheckOptions): void {
  if (strategy !== 'bfs' && reduce.length > 0) {
    throw new UsageError(`--reduce ${reduce.join()}`, `is not for --strategy ${strategy}`, 'search breadth-first')
  }
  if (strategy === 'dpor' && fingerprints) {
    throw new UsageError(
      'strategy dpor',
      'remembers no states, by fingerprints or otherwise',
      'leave out --fingerprints',
    )
  }
  if (strategy !== 'dpor' && preemptions !== undefined) {
    throw new UsageError('--preemptions', `means nothing to the strategy ${strategy}`, 'add --strategy dpor')
  }
}
