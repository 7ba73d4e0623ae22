import type { StoryStep } from '../../page/data.js'
import type { TraceStep } from '../../trace/trace.js'
import { printable } from '../wrap.js'

/** A step as a page shows it. */
export function stepOf(step: TraceStep): StoryStep {
  return {
    thread: printable(step.thread),
    stack: step.stack.map(printable),
    source: printable(step.source),
    label: printable(step.chosen === undefined ? step.label : `${step.label} [${step.chosen}]`),
    note: printable(step.note),
    changes: [
      ...step.changes.map(({ name, before, after, ghost }) => ({
        text: printable(`${name} ${before}→${after}`),
        kind: ghost ? ('ghost' as const) : ('shared' as const),
      })),
      ...step.locals.map(({ name, value }) => ({ text: printable(`${name} = ${value}`), kind: 'local' as const })),
    ],
    said: step.said.map(printable),
  }
}
