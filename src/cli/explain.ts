import type { Counterexample } from '../check/counterexample.js'
import { readCounterexample } from '../check/counterexample-file.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { jsonText } from '../report/json-text.js'
import { junitOfCounterexample } from '../report/junit.js'
import { markdownOfCounterexample } from '../report/markdown.js'
import { sarifOfCounterexample } from '../report/sarif.js'
import { sequenceText } from '../report/sequence.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { explainHtml } from './explain-html.js'
import { explainItf } from './explain-itf.js'
import { replayHint } from './replay-hint.js'
import { print, reportWidth } from './terminal.js'

interface ExplainFlags {
  readonly json?: boolean
  readonly model?: string
  readonly width?: number
  readonly verbose?: boolean
  readonly format?: 'text' | keyof typeof FORMATS
}

/** Formats besides text: what is printed of a counterexample that was read from a file. */
const FORMATS = {
  html: explainHtml,
  json: (found: Counterexample) => jsonText(found),
  markdown: markdownOfCounterexample,
  mermaid: (found: Counterexample) => `${sequenceText(found, 'mermaid').join('\n')}\n`,
  plantuml: (found: Counterexample) => `${sequenceText(found, 'plantuml').join('\n')}\n`,
  junit: junitOfCounterexample,
  sarif: sarifOfCounterexample,
  itf: explainItf,
} as const satisfies Record<
  string,
  (found: Counterexample, file: string, model: string | undefined) => string | Promise<string>
>

/** `foliocheck explain`: a recorded counterexample, as text or in another format. Only HTML and ITF look at its models. */
export async function explain(file: string, flags: ExplainFlags): Promise<ExitCode> {
  const { width = reportWidth(), verbose = false, model } = flags
  const format = flags.json ? 'json' : (flags.format ?? 'text')
  const found = readCounterexample(file)
  if (format === 'text')
    print([...counterexampleText(found, { width, verbose }), `  replay  ${replayHint(file, flags)}`])
  else process.stdout.write(await FORMATS[format](found, file, model))
  return EXIT.ok
}
