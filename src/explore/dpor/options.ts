import type { Limits } from '../limits.js'
import type { ExploreOptions } from '../options.js'
import type { Progress } from '../progress.js'

/** How runs are explored. */
export interface RunOptions {
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
  readonly until?: ExploreOptions['until']
  /** Steps of one run, at most; 10,000 unless given. */
  readonly steps?: number
  /** Follow only runs with so many preemptions, in every order that they leave. */
  readonly preemptions?: number
}
