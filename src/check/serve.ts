import { parentPort } from 'node:worker_threads'
import { answer } from './outcome.js'

/** Makes this worker thread answer tasks, one after the other. Does nothing in the main thread. */
export function serve<T, R>(work: (task: T) => Promise<R>): void {
  parentPort?.on('message', (task: T) => {
    void answer(() => work(task)).then(answered => parentPort?.postMessage(answered))
  })
}

/**
 * Does work in which a recipe that ends the program fails instead: a mistake in a model, which can then be named, and
 * no thread that others wait for in vain.
 */
export function refusingExit<R>(work: () => R): R {
  const { exit } = process
  process.exit = code => {
    throw new Error(`it called process.exit(${code ?? ''})`)
  }
  try {
    return work()
  } finally {
    process.exit = exit
  }
}
