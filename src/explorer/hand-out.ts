import type { Counterexample } from '../check/counterexample.js'
import { fileNameOf, serialise } from '../check/write-counterexample.js'
import type { Run } from '../explore/result.js'
import { counterexampleText, lengthOf } from '../report/counterexample-text.js'
import { lanes } from '../report/lanes.js'
import { sequenceText } from '../report/sequence.js'
import { printable } from '../report/wrap.js'
import { replay } from '../trace/replay.js'
import { traceOf } from '../trace/trace.js'
import { brokenAt } from './broken.js'
import { counterexampleAt } from './counterexample-at.js'
import type { Subject } from './subject.js'
import { testText } from './test-text.js'

/** What a run can be given to others as. */
export const FORMS = ['counterexample', 'test', 'text', 'mermaid', 'plantuml'] as const
export type Form = (typeof FORMS)[number]

export interface HandedOut {
  /** A name for its file. */
  readonly file: string
  readonly text: string
  /** What is to be said of it; of a counterexample how long it is, and whether that is the least. */
  readonly about?: string
}

/** Columns of a text. */
const WIDTH = 100

/**
 * A run in a form that can be given to others: about the property that is named, or the first that its end violates.
 * @throws UsageError for a counterexample where nothing is violated, or what is named is not; Diverged
 */
export function handOut(subject: Subject, run: Run, form: Form, property?: string): HandedOut {
  const stem = () => fileNameOf(about(subject, run, property)).replace(/\.json$/, '')
  switch (form) {
    case 'counterexample':
      return asFile(counterexampleAt(subject, run, property))
    case 'test':
      return { file: `${stem()}.test.ts`, text: testText(subject, run) }
    case 'text':
      return { file: `${stem()}.txt`, text: lines(textOf(subject, run, property)) }
    case 'mermaid':
      return { file: `${stem()}.mmd`, text: lines(sequenceText(about(subject, run, property), form)) }
    case 'plantuml':
      return { file: `${stem()}.puml`, text: lines(sequenceText(about(subject, run, property), form)) }
  }
}

/** A counterexample as its file, and how long it is. */
export function asFile(found: Counterexample): HandedOut {
  return { file: fileNameOf(found), text: serialise(found), about: lengthOf(found) }
}

function lines(of: readonly string[]): string {
  return `${of.join('\n')}\n`
}

function textOf(subject: Subject, run: Run, property: string | undefined): string[] {
  const { program } = subject
  const found = violation(subject, run, property)
  if (found) return counterexampleText(found, { width: WIDTH })
  const { kernel, patches, scenario, trace } = about(subject, run, property)
  return [
    `  ${printable(scenario)}   kernel ${printable([kernel, ...patches].join(' + '))}   no violation where this run ends`,
    ...(program.initial.length > 1 ? [`  from initial state ${run.initial + 1} of ${program.initial.length}`] : []),
    '',
    ...lanes(trace, { width: WIDTH }),
  ]
}

function violation(subject: Subject, run: Run, property: string | undefined) {
  const broken = brokenAt(subject.program, subject.project.properties, replay(subject.program, run))
  return broken.some(({ error }) => error === '') || property !== undefined
    ? counterexampleAt(subject, run, property)
    : undefined
}

/** What a run is about, whether or not it violates anything. */
function about(subject: Subject, run: Run, property: string | undefined) {
  const found = violation(subject, run, property)
  if (found) return found
  const { kernel, program } = subject
  const { trace } = traceOf(program, run)
  return { kernel: kernel.name, patches: kernel.patches, scenario: program.scenario.name, property: 'run', trace }
}
