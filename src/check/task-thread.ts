import { Worker } from 'node:worker_threads'
import { ModelError, reasonOf } from '../errors.js'
import { InternalError } from './counterexample.js'
import { type Answer, type Outcome, outcomeOf } from './outcome.js'

/** A worker thread that is started when it is first asked something, and again after it died. */
export class TaskThread<R> {
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
