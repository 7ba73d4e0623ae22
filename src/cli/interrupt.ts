import { quit } from './guard.js'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Makes the first Ctrl-C, or the first request to terminate, call `stop`, so that a command ends with what it has; a
 * second one ends the program at once. Returns what undoes this.
 */
export function onInterrupt(stop: () => void): () => void {
  let asked = false
  const handle = (signal: NodeJS.Signals): void => {
    // As a shell reports a program that a signal ended.
    if (asked) quit(signal === 'SIGINT' ? 130 : 143)
    asked = true
    // A terminal shows ^C, and perhaps the progress line.
    const line = process.stderr.isTTY ? '\n' : ''
    process.stderr.write(`${line}foliocheck: interrupted; ending with what was found so far (again to quit at once)\n`)
    stop()
  }
  for (const signal of SIGNALS) process.on(signal, handle)
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle)
  }
}
