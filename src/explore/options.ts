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
