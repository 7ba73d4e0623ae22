import { parentPort } from 'node:worker_threads'
import { answer } from './outcome.js'

/** Makes this worker thread answer tasks, one after the other. Does nothing in the main thread. */
export function serve<T, R>(work: (task: T) => Promise<R>): void {
  parentPort?.on('message', (task: T) => {
    void answer(() => work(task)).then(answered => parentPort?.postMessage(answered))
  })
}
