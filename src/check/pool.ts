import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { ModelError, reasonOf } from '../errors.js'
import { Progress } from '../explore/progress.js'
import { InternalError } from './counterexample.js'
import { type Answer, type Outcome, outcomeOf } from './outcome.js'

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
  readonly #threads = new Set<Thread<R>>()
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
      const thread = new Thread<R>(this.module)
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

/** A worker thread that is started when it is first asked something, and again after it died. */
class Thread<R> {
  #worker: Worker | undefined
  #givenUp = false

  constructor(readonly module: URL) {}

  /** Never rejects: the death of the thread is an outcome, too. */
  ask(task: unknown, name: string): Promise<Outcome<R>> {
    const worker = this.#worker ?? new Worker(this.module)
    this.#worker = worker
    return new Promise(resolve => {
      const onMessage = (answered: Answer<R>) => settle(outcomeOf(answered))
      const onError = (error: unknown) => died(`died: ${reasonOf(error)}`)
      const onExit = (code: number) => {
        if (!this.#givenUp) return died(`ended with code ${code} in the middle of its work`)
        const reason = 'did not end when it was asked to, and was given up'
        settle({ ok: false, error: new ModelError(name, reason, 'look for a recipe that never returns') })
      }
      const settle = (outcome: Outcome<R>) => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        resolve(outcome)
      }
      const died = (how: string) => {
        this.#worker = undefined
        settle({ ok: false, error: new InternalError(`the worker thread of ${name} ${how}`) })
      }
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
      worker.postMessage(task)
    })
  }

  /** Ends the thread in the middle of its work. */
  giveUp(): void {
    this.#givenUp = true
    void this.#worker?.terminate()
    this.#worker = undefined
  }

  async end(): Promise<void> {
    await this.#worker?.terminate()
  }
}
