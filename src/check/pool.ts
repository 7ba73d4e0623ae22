import { availableParallelism } from 'node:os'
import { Tinypool } from 'tinypool'
import { FileError, ModelError, UsageError } from '../errors.js'
import { Progress } from '../explore/progress.js'
import type { ScenarioResult } from './check-scenario.js'
import { InternalError } from './counterexample.js'
import type { Task, TaskError, TaskResult } from './task.js'

/** A task without what the pool supplies. */
export type Job = Omit<Task, 'progress'>

/** Tells what a pool is doing, for a progress display. */
export interface PoolWatcher {
  started?(job: Job, progress: Progress): void
  finished?(job: Job, result: ScenarioResult): void
}

/** Worker threads that check scenarios side by side, one scenario each. */
export class Pool {
  readonly #threads: Tinypool
  readonly #running = new Set<Progress>()
  #interrupted = false

  constructor(jobs: number | undefined) {
    const maxThreads = jobs ?? availableParallelism()
    this.#threads = new Tinypool({
      filename: new URL('./task.js', import.meta.url).href,
      minThreads: 0,
      maxThreads,
      idleTimeout: 60_000,
    })
  }

  /** Checks every job, in any order; results come in the order of the jobs. @throws the first job's error */
  async run(jobs: readonly Job[], watcher: PoolWatcher = {}): Promise<ScenarioResult[]> {
    return Promise.all(
      jobs.map(async job => {
        const progress = new Progress()
        if (this.#interrupted) progress.interrupt()
        this.#running.add(progress)
        watcher.started?.(job, progress)
        const task: Task = { ...job, progress: progress.data }
        const answer = (await this.#threads.run(task)) as TaskResult
        this.#running.delete(progress)
        if (!answer.ok) throw toError(answer.error)
        watcher.finished?.(job, answer.result)
        return answer.result
      }),
    )
  }

  /** Makes every exploration, now and later, end soon with what it has. */
  interrupt(): void {
    this.#interrupted = true
    for (const progress of this.#running) progress.interrupt()
  }

  get interrupted(): boolean {
    return this.#interrupted
  }

  async close(): Promise<void> {
    await this.#threads.destroy()
  }
}

function toError(error: TaskError): Error {
  switch (error.name) {
    case 'ModelError':
      return new ModelError(error.object, error.reason, error.next)
    case 'UsageError':
      return new UsageError(error.object, error.reason, error.next)
    case 'FileError':
      return new FileError(error.object, error.reason, error.next)
    default:
      return new InternalError(error.message)
  }
}
