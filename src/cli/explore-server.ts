import type { Limits } from '../explore/limits.js'
import { startServer } from '../explorer/server/server.js'
import type { Subject } from '../explorer/subject.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { print, printJson } from './terminal.js'

interface ServerFlags {
  readonly json?: boolean
  readonly port?: number
}

/** Serves the page until Ctrl-C, or a request to terminate. Prints its address. */
export async function serveExplorer(subject: Subject, limits: Partial<Limits>, flags: ServerFlags): Promise<ExitCode> {
  const server = await startServer(subject, limits, flags.port)
  const over = asked()
  if (flags.json) printJson({ url: server.url })
  else
    print([
      'Open this in a browser on this machine; Ctrl-C ends it, --terminal does without:',
      '',
      `  ${server.url}`,
      '',
    ])
  await over
  await server.close()
  return EXIT.ok
}

/** Waits for the first signal that asks for the end. A second one ends the program at once. */
function asked(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
