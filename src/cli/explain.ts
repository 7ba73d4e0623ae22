import { readCounterexample } from '../check/counterexample-file.js'
import { UsageError } from '../errors.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { print, printJson, reportWidth } from './terminal.js'

/** `foliocheck explain`: a recorded counterexample, as text or JSON. */
export function explain(
  file: string,
  flags: { readonly json?: boolean; readonly width?: number; readonly verbose?: boolean },
): ExitCode {
  const { width = reportWidth() } = flags
  if (!(width >= 40 && width <= 1000)) throw new UsageError('--width', `is ${width}`, 'give 40 to 1000 columns')
  const found = readCounterexample(file)
  if (flags.json) printJson(found)
  else
    print([
      ...counterexampleText(found, { width, verbose: flags.verbose ?? false }),
      `  replay  npx foliocheck replay ${file}`,
    ])
  return EXIT.ok
}
