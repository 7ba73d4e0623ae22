import type { Counterexample } from '../check/counterexample.js'
import { readCounterexample } from '../check/counterexample-file.js'
import { UsageError } from '../errors.js'
import { jsonText } from '../report/json-text.js'
import { junitOfCounterexample } from '../report/junit.js'
import { markdownOfCounterexample } from '../report/markdown.js'
import { sarifOfCounterexample } from '../report/sarif.js'
import { sequenceText } from '../report/sequence.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { explainHtml } from './explain-html.js'
import { explainItf } from './explain-itf.js'
import { type ExplainTextFlags, explainText } from './explain-text.js'
import { print } from './terminal.js'

interface ExplainFlags extends ExplainTextFlags {
  readonly json?: boolean
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
  const format = flags.json ? 'json' : (flags.format ?? 'text')
  const given = (['mail', 'state', 'at'] as const).find(flag => flags[flag] !== undefined)
  if (given && format !== 'text')
    throw new UsageError(`--${given}`, 'is for text alone', 'leave out --json and --format')
  const found = readCounterexample(file)
  if (format === 'text') {
    const lines = await explainText(file, found, flags)
    if (flags.mail) print(lines, process.stdout, line => line)
    else print(lines)
  } else process.stdout.write(await FORMATS[format](found, file, flags.model))
  return EXIT.ok
}
