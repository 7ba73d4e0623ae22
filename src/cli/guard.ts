import { FileError, reasonOf } from '../errors.js'
import { EXIT } from './exit-codes.js'
import { report } from './failures.js'

let over = false

/** Ends the program at once, on purpose. */
export function quit(code: number): never {
  over = true
  process.exit(code)
}

/** Does the work of the program, and sees to everything else that could end it. Sets the exit code. */
export async function guarded(work: () => Promise<number>): Promise<void> {
  // A reader that closes the pipe early, as `head` does, is no error: the rest of the work is done all the same.
  process.stdout.on('error', error => endUnlessClosed(error, 'standard output'))
  process.stderr.on('error', error => endUnlessClosed(error, 'standard error'))
  // Whatever a user's module throws later, outside of the work itself.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => quit(report(thrown)))
  }
  process.on('exit', () => {
    if (over) return
    const reason = 'ended the program, or waits for what never comes'
    process.exitCode = report(new FileError('a module of the model or a patch', reason, 'let it only export'))
  })
  try {
    process.exitCode = await work()
  } catch (thrown) {
    process.exitCode = report(thrown)
  }
  over = true
}

function endUnlessClosed(error: Error, stream: string): void {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
  const cause = reasonOf(error).split(',')[0]
  if (stream === 'standard error') quit(EXIT.model)
  quit(report(new FileError(stream, `cannot be written (${cause})`, 'make room, or send it elsewhere')))
}
