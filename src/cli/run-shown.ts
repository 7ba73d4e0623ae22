import type { Outcome } from '../check/outcome.js'
import type { Job, Pool, PoolWatcher } from '../check/pool.js'
import { onInterrupt } from './interrupt.js'
import { progressDisplay } from './progress-display.js'
import type { Shown, Subject } from './shown.js'

/** Does jobs side by side and shows how far they are. An interrupt ends them with what they have. */
export async function runShown<T extends Shown & { readonly progress: SharedArrayBuffer }, R>(
  pool: Pool<T, R>,
  jobs: readonly Job<T>[],
  subject: Omit<Subject<Job<T>, R>, 'total'>,
  {
    quiet = false,
    watchers = [],
  }: { readonly quiet?: boolean | undefined; readonly watchers?: readonly PoolWatcher<T, R>[] },
): Promise<Outcome<R>[]> {
  const display = progressDisplay<Job<T> & Shown, R>({ ...subject, total: jobs.length }, quiet)
  const undo = onInterrupt(() => pool.interrupt())
  try {
    return await pool.run(jobs, [display, ...watchers] as readonly PoolWatcher<T, R>[])
  } finally {
    undo()
    display.stop()
  }
}
