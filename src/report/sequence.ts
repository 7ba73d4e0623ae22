import type { Counterexample } from '../check/counterexample.js'
import type { TraceStep } from '../trace/trace.js'
import { printable } from './wrap.js'

/** A dialect of sequence diagrams: how its lines are written, with names and texts from anywhere made harmless. */
interface Dialect {
  readonly begin: (title: string) => readonly string[]
  readonly lane: (id: string, name: string) => string
  readonly step: (id: string, lines: readonly string[]) => string
  readonly loop: readonly [begin: string, end: string]
  readonly end: readonly string[]
  readonly escape: (text: string) => string
}

/** Characters that may mean something in a language; in PlantUML pairs of some make text bold or strike it through. */
const IN_MERMAID = /[^\p{L}\p{N} _.,()=+*/→'-]/gu
const IN_PLANTUML = /[^\p{L}\p{N} .,()+→]/gu

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0
}

const mermaid: Dialect = {
  begin: title => ['sequenceDiagram', `  title ${title}`],
  lane: (id, name) => `  participant ${id} as ${name}`,
  step: (id, lines) => `  Note over ${id}: ${lines.join('<br/>')}`,
  loop: ['  loop for ever', '  end'],
  end: [],
  escape: text => text.replace(IN_MERMAID, character => `#${codePoint(character)};`),
}

const plantuml: Dialect = {
  begin: title => ['@startuml', `title ${title}`],
  lane: (id, name) => `participant "${name}" as ${id}`,
  step: (id, lines) => `rnote over ${id} : ${lines.join('\\n')}`,
  loop: ['loop for ever', 'end'],
  end: ['@enduml'],
  escape: text =>
    text.replace(IN_PLANTUML, character => `<U+${codePoint(character).toString(16).toUpperCase().padStart(4, '0')}>`),
}

export const SEQUENCES = { mermaid, plantuml } as const

/** What of a counterexample a diagram tells; of a run that is none, too. */
type Told = Pick<Counterexample, 'scenario' | 'property' | 'kernel' | 'patches' | 'trace'>

/** A counterexample as the text of a sequence diagram: a lane for each thread, a note for each step. */
export function sequenceText(found: Told, language: keyof typeof SEQUENCES): string[] {
  const dialect: Dialect = SEQUENCES[language]
  const say = (text: string) => dialect.escape(printable(text))
  const { trace } = found
  const steps = trace.steps.filter(step => !step.setup)
  const threads = trace.threads.filter(thread => steps.some(step => step.thread === thread))
  const idOf = (thread: string) => `t${threads.indexOf(thread)}`
  const noteOf = (step: TraceStep) => [
    say(`${step.number} ${step.label}`),
    ...step.changes.filter(({ ghost }) => !ghost).map(({ name, before, after }) => say(`${name} ${before}→${after}`)),
    ...step.said.map(say),
  ]
  const kernel = [found.kernel, ...found.patches].join(' + ')
  return [
    ...dialect.begin(say(`${found.scenario} ${found.property}, kernel ${kernel}`)),
    ...threads.map(thread => dialect.lane(idOf(thread), say(thread))),
    ...steps.flatMap(step => [
      ...(step.number === trace.loopFrom ? [dialect.loop[0]] : []),
      dialect.step(idOf(step.thread), noteOf(step)),
    ]),
    ...(trace.loopFrom === undefined ? [] : [dialect.loop[1]]),
    ...dialect.end,
  ]
}
