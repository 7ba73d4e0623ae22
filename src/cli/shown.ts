import type { Outcome } from '../check/outcome.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'

/** A job of which the progress can be shown. */
export interface Shown {
  readonly limits: Partial<Limits>
}

/** What the display needs to know of the jobs. */
export interface Subject<J, R> {
  /** How many there are. */
  readonly total: number
  readonly nameOf: (job: J) => string
  /** What is wrong with a result, in a few words; empty when nothing is. */
  readonly faultsOf?: (result: R) => readonly string[]
}

/** Tells on standard error how far jobs are. */
export interface ProgressDisplay<J, R> {
  started(job: J, progress: Progress): void
  finished(job: J, outcome: Outcome<R>): void
  /** Takes away what is not to stay. */
  stop(): void
}
