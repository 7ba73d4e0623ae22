import type { Counterexample } from '../check/counterexample.js'
import { readCounterexample } from '../check/counterexample-file.js'
import { ModelError, UsageError } from '../errors.js'
import { kernelNamed, loadProject } from '../project/load.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { counterexamplePage } from '../report/html/counterexample-page.js'
import type { Models } from '../report/html/story.js'
import { type SEQUENCES, sequenceText } from '../report/sequence.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { replayHint } from './replay-hint.js'
import { print, printJson, printPage, reportWidth } from './terminal.js'

interface ExplainFlags {
  readonly json?: boolean
  readonly model?: string
  readonly width?: number
  readonly verbose?: boolean
  readonly format?: 'text' | 'html' | keyof typeof SEQUENCES
}

/** `foliocheck explain`: a recorded counterexample, as text, JSON or the text of a sequence diagram. */
export async function explain(file: string, flags: ExplainFlags): Promise<ExitCode> {
  const { width = reportWidth(), verbose = false, format = 'text' } = flags
  const found = readCounterexample(file)
  if (flags.json) printJson(found)
  else if (format === 'html')
    printPage(counterexamplePage(found, { models: await modelsOf(found, flags), replay: replayHint(file, flags) }))
  else if (format !== 'text') print(sequenceText(found, format))
  else print([...counterexampleText(found, { width, verbose }), `  replay  ${replayHint(file, flags)}`])
  return EXIT.ok
}

/** The models that a counterexample was found on, or why there are none: a page without pictures still tells it. */
async function modelsOf(found: Counterexample, { model }: ExplainFlags): Promise<Models | string> {
  const project = await loadProject(model)
  try {
    return { project, kernel: kernelNamed(project, found.kernel, found.patches) }
  } catch (thrown) {
    if (thrown instanceof UsageError || thrown instanceof ModelError) return `${thrown.object} ${thrown.reason}`
    throw thrown
  }
}
