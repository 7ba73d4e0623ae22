import { readCounterexample } from '../check/counterexample-file.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { replayHint } from './replay-hint.js'
import { print, printJson, reportWidth } from './terminal.js'

interface ExplainFlags {
  readonly json?: boolean
  readonly model?: string
  readonly width?: number
  readonly verbose?: boolean
}

/** `foliocheck explain`: a recorded counterexample, as text or JSON. */
export function explain(file: string, flags: ExplainFlags): ExitCode {
  const { width = reportWidth(), verbose = false } = flags
  const found = readCounterexample(file)
  if (flags.json) printJson(found)
  else print([...counterexampleText(found, { width, verbose }), `  replay  ${replayHint(file, flags)}`])
  return EXIT.ok
}
