import { availableParallelism } from 'node:os'
import { Progress } from '../explore/progress.js'
import type { Outcome } from './outcome.js'
import { TaskThread } from './task-thread.js'

/** A task without what the pool supplies. */
export type Job<T> = Omit<T, 'progress'>

/** Learns what a pool is doing, as it happens. */
export interface PoolWatcher<T, R> {
  started?(job: Job<T>, progress: Progress): void
  /** @param index which of the jobs that were given. */
  finished?(job: Job<T>, outcome: Outcome<R>, index: number): void
}

/** How long a task may go on after an interrupt. One that does is stuck: in a recipe that never returns, say. */
const PATIENCE_MS = 5000

/** Worker threads that do tasks side by side, one each. A thread that dies takes no other task with it. */
export class Pool<T extends { readonly progress: SharedArrayBuffer }, R> {
  readonly #running = new Set<Progress>()
  readonly #threads = new Set<TaskThread<R>>()
  #interrupted = false

  /**
   * @param module what the threads run: a module that calls `serve`.
   * @param nameOf what a job is called in an error.
   * @param threads how many, at most; one per core by default.
   */
  constructor(
    readonly module: URL,
    readonly nameOf: (job: Job<T>) => string,
    readonly threads: number = availableParallelism(),
  ) {}

  /** Does every job, in any order; outcomes come in the order of the jobs. */
  async run(jobs: readonly Job<T>[], watchers: readonly PoolWatcher<T, R>[] = []): Promise<Outcome<R>[]> {
    const outcomes: Outcome<R>[] = []
    const queue = jobs.entries()
    const lane = async () => {
      const thread = new TaskThread<R>(this.module)
      this.#threads.add(thread)
      // All lanes take from one queue.
      for (const [i, job] of queue) {
        const progress = new Progress()
        if (this.#interrupted) progress.interrupt()
        this.#running.add(progress)
        for (const watcher of watchers) watcher.started?.(job, progress)
        const outcome = await thread.ask({ ...job, progress: progress.data }, this.nameOf(job))
        this.#running.delete(progress)
        outcomes[i] = outcome
        for (const watcher of watchers) watcher.finished?.(job, outcome, i)
      }
      this.#threads.delete(thread)
      await thread.end()
    }
    await Promise.all(Array.from({ length: Math.min(this.threads, jobs.length) }, lane))
    return outcomes
  }

  /** Makes every task, now and later, end soon with what it has; what does not is given up. */
  interrupt(): void {
    this.#interrupted = true
    for (const progress of this.#running) progress.interrupt()
    setTimeout(() => {
      for (const thread of this.#threads) thread.giveUp()
    }, PATIENCE_MS).unref()
  }

  get interrupted(): boolean {
    return this.#interrupted
  }
}
