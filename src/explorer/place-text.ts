import type { Picture } from '../picture/picture.js'
import { LOCKS } from '../picture/sections.js'
import { SETUP } from '../program/program.js'
import { cleaned } from '../report/picture-text.js'
import { isDrawn, only } from '../report/sections.js'
import { changesText } from '../report/state-text.js'
import { paragraph, printable } from '../report/wrap.js'
import type { TraceStep } from '../trace/trace.js'
import type { Place, ViolatedHere } from './place.js'
import type { Offer, ThreadAt } from './threads-at.js'

/** Where a run has come to, for a terminal: the last step, what each thread can do, with numbers, and what is violated. */
export function placeText(place: Place, width: number): string[] {
  const { trace, over, end } = place
  const last = trace.steps.at(-1)
  const initial = place.initialStates > 1 ? `, initial state ${trace.run.initial + 1} of ${place.initialStates}` : ''
  return [
    '',
    ...paragraph('', `${place.scenario}   kernel ${place.kernel}   ${whereIs(place)}${initial}`, width),
    ...(last && !last.setup ? lastText(last, place, width) : []),
    ...place.violated.flatMap(violated => violatedText(violated, width)),
    '',
    ...threadsText(place, width),
    ...(over === '' ? [] : paragraph('  ', `The run is over: ${over}. b takes the step back.`, width)),
    ...endText(end),
  ]
}

/** How far the run has come, in words. */
export function whereIs({ trace, setup, threads }: Place): string {
  const last = trace.steps.at(-1)
  if (last && !last.setup) return `after step ${last.number}`
  if (threads.some(({ name, is }) => name === SETUP && is !== 'ended')) return 'in the setup'
  return setup > 0 ? 'after the setup' : 'at the start'
}

function endText(end: Place['end']): string[] {
  if (end === 'none') return []
  return end === 'rest'
    ? ['  Nothing is left to do: every thread has ended, or may wait for ever.']
    : ['  Nothing can go on: whoever waits here waits for ever.']
}

function lastText(step: TraceStep, place: Place, width: number): string[] {
  const head = `  ${step.number}  `
  const indent = ' '.repeat(head.length + 2)
  return [
    ...paragraph(head, `${step.thread}: ${labelOf(step)}   ${step.operation}() ${step.source}`, width),
    ...paragraph(indent, effectOf(step) || 'changes nothing', width),
    ...step.said.flatMap(said => paragraph(indent, `! ${said}`, width)),
    ...drawnText(place, width - indent.length).map(line => `${indent}${line}`),
  ]
}

/** What the last step changed of the machine as it is drawn, and of its locks: the fields are named beside the step. */
function drawnText({ before, picture }: Place, width: number): string[] {
  const shown = (of: Picture) =>
    cleaned(
      only(of, title => title === LOCKS || isDrawn(title)),
      printable,
    )
  return before ? changesText(shown(before), shown(picture), width) : []
}

function violatedText({ property, claim, why }: ViolatedHere, width: number): string[] {
  return [
    ...paragraph('✗ ', `${property} is violated here: ${claim}`, width),
    ...paragraph('    ', why.reason, width),
    ...why.evidence
      .slice(0, 6)
      .flatMap(({ name, value, writtenAt, writtenBy }) =>
        paragraph('    ', `${name} = ${value}${writtenBy ? `, step ${writtenAt} by ${writtenBy}` : ''}`, width),
      ),
  ]
}

function threadsText(place: Place, width: number): string[] {
  let number = 0
  return place.threads.flatMap(thread => [
    ...threadText(thread, width),
    ...thread.offers.flatMap(offer => offerText(offer, ++number, width)),
  ])
}

function threadText({ name, is, operation, source, label, awaits }: ThreadAt, width: number): string[] {
  const head = `  ${name}   `
  const where = `${operation}() ${source}`
  switch (is) {
    case 'ended':
      return [`${head}has ended`]
    case 'able':
      return paragraph(head, where, width)
    case 'held back':
      return paragraph(head, `stands before '${label}' in ${where}`, width)
    case 'waiting': {
      const what = awaits.map(({ name, value }) =>
        value.startsWith('held by') ? `${name} ${value}` : `${name} = ${value}`,
      )
      return paragraph(head, `waits at '${label}' in ${where}${what.length > 0 ? `: ${what.join(', ')}` : ''}`, width)
    }
  }
}

function offerText({ step, ends, breaks }: Offer, number: number, width: number): string[] {
  const head = `${String(number).padStart(5)}  `
  const more = ' '.repeat(head.length + 2)
  return [
    ...paragraph(head, labelOf(step), width),
    ...paragraph(more, effectOf(step) || 'changes nothing', width),
    ...(breaks.length > 0 ? paragraph(more, `! violates ${breaks.join(', ')}`, width) : []),
    ...(ends === '' ? [] : paragraph(more, `! ends the run: ${ends}`, width)),
  ]
}

function labelOf({ label, chosen }: TraceStep): string {
  return chosen === undefined ? label : `${label} [${chosen}]`
}

/** What a step changes: the shared state, or the locals where it changes none of that. */
function effectOf({ changes, locals }: TraceStep): string {
  const shared = changes.filter(({ ghost }) => !ghost).map(({ name, before, after }) => `${name} ${before}→${after}`)
  return (shared.length > 0 ? shared : locals.map(({ name, value }) => `${name} = ${value}`)).join(', ')
}
