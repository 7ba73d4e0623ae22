import type { Counterexample } from '../check/counterexample.js'
import { UsageError } from '../errors.js'
import { cleaner } from '../report/ascii.js'
import { counterexampleText } from '../report/counterexample-text.js'
import { command, paragraph } from '../report/wrap.js'
import type { Trace, TraceStep } from '../trace/trace.js'
import { type StateFlags, type States, statesOf } from './explain-states.js'
import { replayHint } from './replay-hint.js'
import { reportWidth } from './terminal.js'

/** How a counterexample is told as text. */
export interface ExplainTextFlags extends StateFlags {
  readonly width?: number
  readonly verbose?: boolean
  readonly mail?: boolean
  readonly at?: number
}

/** Columns of a mail. */
const MAIL = 72
/** States stand below their steps, beside the step numbers. */
const INDENT = 8

/** A counterexample as text, with the states that were asked for. */
export async function explainText(file: string, found: Counterexample, flags: ExplainTextFlags): Promise<string[]> {
  const { mail: ascii = false, verbose = false, state, at } = flags
  const width = flags.width ?? (ascii ? MAIL : reportWidth())
  const clean = cleaner(ascii)
  const states = state === undefined && at === undefined ? undefined : await statesOf(file, found, flags, clean)
  if (states && at !== undefined) return stateText(found, states, at, width, clean)
  const below = states && belowOf(found, states, width)
  const lines = counterexampleText(found, { width, verbose, ascii, ...(below && { below }) })
  // A line to paste, as `check` shows it, unless columns were asked for.
  const hint = clean(replayHint(file, flags))
  return [
    ...lines,
    ...(ascii || flags.width !== undefined ? command('  replay  ', hint, width) : [`  replay  ${hint}`]),
  ]
}

/** Where a run stands among those of the counterexample. */
function runsOf({ trace }: Counterexample): readonly Trace[] {
  return [trace, ...(trace.others ?? [])]
}

/** Below the start the state there, below each step what it changed. */
function belowOf(found: Counterexample, states: States, width: number) {
  return (run: Trace, step: TraceStep | undefined): readonly string[] => {
    const which = runsOf(found).indexOf(run)
    return step ? states.changed(which, step.number, width - INDENT) : states.at(which, 0, width - 2)
  }
}

/** One state, of each run that is so long. @throws UsageError where none is */
function stateText(
  found: Counterexample,
  states: States,
  at: number,
  width: number,
  clean: (text: string) => string,
): string[] {
  const runs = runsOf(found)
  const lines = runs.flatMap((run, i): string[] => {
    const step = run.steps.find(({ setup, number }) => !setup && number === at)
    if (!step && at > 0) return []
    const which = runs.length > 1 ? `run ${i + 1}, ` : ''
    const where = step ? `after step ${at} (${step.thread}): ${step.label}` : 'at the start'
    return [
      ...paragraph('  ', clean(`${which}${where}`), width),
      '',
      ...states.at(i, at, width - 2).map(line => `  ${line}`.trimEnd()),
    ]
  })
  if (lines.length > 0) return lines
  const most = Math.max(...runs.map(({ steps }) => steps.at(-1)?.number ?? 0))
  throw new UsageError(`--at ${at}`, 'is no step of it', `give a number from 0 to ${most}`)
}
