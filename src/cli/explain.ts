import { readCounterexample } from '../check/counterexample-file.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { type SEQUENCES, sequenceText } from '../report/sequence.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { replayHint } from './replay-hint.js'
import { print, printJson, reportWidth } from './terminal.js'

interface ExplainFlags {
  readonly json?: boolean
  readonly model?: string
  readonly width?: number
  readonly verbose?: boolean
  readonly format?: 'text' | keyof typeof SEQUENCES
}

/** `foliocheck explain`: a recorded counterexample, as text, JSON or the text of a sequence diagram. */
export function explain(file: string, flags: ExplainFlags): ExitCode {
  const { width = reportWidth(), verbose = false, format = 'text' } = flags
  const found = readCounterexample(file)
  if (flags.json) printJson(found)
  else if (format !== 'text') print(sequenceText(found, format))
  else print([...counterexampleText(found, { width, verbose }), `  replay  ${replayHint(file, flags)}`])
  return EXIT.ok
}
