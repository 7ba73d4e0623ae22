import type { Symmetry } from '../system/symmetry.js'
import type { WatchedSystem } from '../system/system.js'
import type { Limits } from './limits.js'
import type { Progress } from './progress.js'
import type { SharedStore } from './store/shared-store.js'
import type { Invitation } from './team.js'

/** What is explored, and how. */
export interface ExploreOptions {
  readonly strategy?: 'bfs' | 'dfs'
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
  /** End as soon as one of these properties is violated, or every one of `all`. */
  readonly until?: { readonly any?: ReadonlySet<string>; readonly all?: ReadonlySet<string> }
  /** What is left out because it shows nothing new. */
  readonly reduce?: Reductions
  /** Brings in other threads once a level is wide; breadth-first on a shared store only. */
  readonly recruit?: Recruiting
}

/** How more threads are brought into a search. */
export interface Recruiting {
  readonly store: SharedStore
  /** How many to bring in. */
  readonly members: number
  /** Starts a thread that makes the same system and calls `join` with the invitation. */
  readonly start: (invitation: Invitation) => void
  /** States of a level from which on it is worth it; 8192 unless given. */
  readonly width?: number
}

/** Reductions of a breadth-first search by one thread. Under any of them livelocks are not decided. */
export interface Reductions {
  /** Partial-order reduction: the system that is searched, which has to know its footprints. */
  readonly order?: { readonly system: WatchedSystem; readonly alone: Alone }
  /** One state stands for all that differ by an exchange of like things. */
  readonly symmetry?: Symmetry
}

/**
 * Which steps are taken alone: those that touch nothing but their thread's own words, or all with which nothing interferes
 * that others may do before.
 */
export type Alone = 'local' | 'independent'
