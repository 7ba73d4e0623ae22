import type { Finding } from '../system/finding.js'
import type { Alone } from './options.js'

/** A run, as the initial state it starts in and the ordinals of its steps. */
export interface Run {
  readonly initial: number
  readonly ordinals: readonly number[]
  /** Of a run that goes on for ever: how many of the last steps repeat. */
  readonly loop?: number | undefined
  /** Of locks taken in opposite orders: the runs that take them in the other ones. */
  readonly others?: readonly Run[] | undefined
}

/** The first violation of one property, or the first witness of a reachability property. */
export interface Found {
  readonly property: string
  readonly run: Run
  /** What the last step said, for an assertion. */
  readonly finding: Finding | undefined
}

/** Why an exploration ended before the space was searched. */
export type StopReason = 'states' | 'time' | 'memory' | 'interrupted' | 'first violation' | 'random walks'

/** How states are chosen. */
export type Strategy = 'bfs' | 'dfs' | 'walk' | 'dpor'

/** The runs of a search that follows runs, not states. */
export interface Runs {
  /** Runs to their end. Without a bound on preemptions, no two differ only in the order of independent steps. */
  readonly complete: number
  /** Runs given up on the way: however they went on, it would be like a run before. */
  readonly redundant: number
  /** Searches that these are the sum of: one for each state property. */
  readonly searches: number
}

interface Order {
  readonly alone: Alone
  readonly states: number
  readonly revised: number
  readonly skipped: number
}

/** What reductions saved. */
export interface Reduction {
  /**
   * Of a partial-order reduction: states of which the steps of one thread alone were followed, how often that had to be
   * taken back, and how many steps were not followed.
   */
  readonly order?: Order | undefined
  /** Exchanges of like things, what is exchanged, and how many states those that were looked at stand for. */
  readonly symmetry?: { readonly exchanges: number; readonly what: string; readonly standFor: number } | undefined
}

/** What an exploration found and how far it went. */
export interface Exploration {
  readonly strategy: Strategy
  /** Distinct states; for searches that remember none of them (walk, dpor) the steps taken. */
  readonly states: number
  /** Successors computed, duplicates and self-loops included. */
  readonly transitions: number
  readonly initialStates: number
  /** Breadth-first levels, the initial states' included; for others the longest run. */
  readonly levels: number
  /** Distinct states per breadth-first level. */
  readonly levelSizes: readonly number[]
  /** States without a successor. */
  readonly terminal: number
  readonly seconds: number
  readonly bytes: number
  /** Whether equal states were recognised by their whole value. */
  readonly exact: boolean
  /** What was left out because it shows nothing new; undefined when nothing was to be. */
  readonly reduction?: Reduction | undefined
  /** Undefined when the whole space was searched. */
  readonly stopped: StopReason | undefined
  /** States that were found but not looked at. */
  readonly unexplored: number
  /** Transitions left out, by the bound of the model that left them out. */
  readonly cut: ReadonlyMap<string, number>
  /** Runs given up before their end, by the bound of the search that ended them. */
  readonly givenUp?: ReadonlyMap<string, number>
  readonly runs?: Runs
  /** Runs not followed: beyond a fatal violation, or where a violation led to values the model cannot hold. */
  readonly lost: number
  /** By property: the first violation, or witness. */
  readonly found: ReadonlyMap<string, Found>
  /** Names of properties whose claim was put to the test at least once. */
  readonly tested: ReadonlySet<string>
  /** Names of properties that were decided after the search, from all states together. */
  readonly looked?: ReadonlySet<string>
  /** How often each step ran, by thread and step number. */
  readonly coverage: readonly (readonly number[])[]
}
