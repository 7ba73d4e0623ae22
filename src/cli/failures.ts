import { CommanderError } from 'commander'
import { FileError, ModelError, reasonOf, UsageError } from '../errors.js'
import { printable } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'

/** Throws errors after all that could be done was done and printed; those that say the same only once. */
export function throwAll(errors: readonly Error[]): void {
  const different = [...new Map(errors.map(error => [error.message, error])).values()]
  if (different.length === 1) throw different[0]
  if (different.length > 1) throw new AggregateError(different)
}

/** The exit code that an error ends the program with. */
export function exitCodeOf(thrown: unknown): ExitCode {
  if (thrown instanceof UsageError) return EXIT.usage
  return thrown instanceof FileError || thrown instanceof ModelError ? EXIT.model : EXIT.internal
}

/** Tells an error in one paragraph on standard error, without a stack. Returns the exit code; the gravest of several. */
export function report(thrown: unknown): ExitCode {
  if (thrown instanceof AggregateError) return Math.max(...thrown.errors.map(report)) as ExitCode
  if (thrown instanceof CommanderError) return reportUsage(thrown)
  const code = exitCodeOf(thrown)
  const request = 'please report this with the command line and the model'
  return tell(code === EXIT.internal ? `internal error: ${reasonOf(thrown)}; ${request}` : reasonOf(thrown), code)
}

/** Help and version are no errors; help instead of a command is. Commander has printed both. */
function reportUsage({ exitCode, code, message }: CommanderError): ExitCode {
  if (exitCode === 0) return EXIT.ok
  if (code === 'commander.help') return EXIT.usage
  const [what, ...more] = message.replace(/^error: /, '').split('\n')
  const told = [what, ...more.filter(line => line !== '')].join(' ').replace(/\.$/, '')
  return tell(`${told}; see \`foliocheck --help\``, EXIT.usage)
}

function tell(reason: string, code: ExitCode): ExitCode {
  process.stderr.write(`foliocheck: ${printable(reason)}\n`)
  return code
}
