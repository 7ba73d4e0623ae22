import type { Counterexample } from '../check/counterexample.js'
import { many } from '../numbers.js'
import type { Change } from '../state/diff.js'
import type { Trace } from '../trace/trace.js'
import { lanes } from './lanes.js'
import { paragraph, printable } from './wrap.js'

/** How a text report is laid out. */
export interface TextOptions {
  /** Columns. */
  readonly width: number
  /** Whether the setup's steps are shown too. */
  readonly verbose?: boolean
}

/** Of a run that is longer than both together, the first steps and the last are shown. */
const FIRST = 20
const LAST = 180

/** A counterexample as plain text that pastes into a mail: lanes, what changed, and why. */
export function counterexampleText(found: Counterexample, { width, verbose = false }: TextOptions): string[] {
  const { trace } = found
  const kernel = [found.kernel, ...found.patches].join(' + ')
  const lines = [
    `✗ ${printable(found.scenario)}   ${printable(found.property)}   kernel ${printable(kernel)}${found.storeOrder ? `, store order ${found.storeOrder}` : ''}`,
    ...paragraph('  ', `claim: ${printable(found.claim)}`, width),
    ...paragraph('  ', lengthOf(found), width),
    ...withoutText(found, width),
    '',
  ]
  const setup = trace.steps.filter(step => step.setup)
  const shown = (changes: readonly Change[]) => changes.filter(change => verbose || !change.ghost)
  if (trace.initially.length > 0) lines.push(...states('start   ', shown(trace.initially), width))
  if (setup.length > 0) {
    const operations = [...new Set(setup.map(step => step.stack[0]))].join(', ')
    lines.push(...paragraph('  setup   ', `${printable(operations)} ran alone, ${setup.length} steps; it left`, width))
    if (verbose)
      lines.push(
        ...lanes({ ...trace, steps: setup.map((step, i) => ({ ...step, setup: false, number: i + 1 })) }, width, true),
      )
    lines.push(...states('        ', netChanges(shown(setup.flatMap(step => step.changes))), width))
  }
  if (lines.at(-1) !== '') lines.push('')
  const { others = [] } = trace
  for (const [i, run] of [trace, ...others].entries()) {
    if (others.length > 0) lines.push(...(i > 0 ? [''] : []), `     ── run ${i + 1} ──`)
    lines.push(...stepsText(run, width, verbose))
    const last = run.steps.at(-1)
    if (last) lines.push(`${' '.repeat(5)}= ${[last.source, last.operation].filter(Boolean).map(printable).join(' ')}`)
  }
  lines.push('', ...whyText(found, width))
  return lines
}

/** The steps after the setup; the middle of a run that is too long to be read is left out. */
function stepsText(trace: Trace, width: number, verbose: boolean): string[] {
  const own = trace.steps.filter(step => !step.setup)
  const left = own.length - FIRST - LAST
  if (verbose || left <= 0) return lanes(trace, width, verbose)
  return [
    ...lanes({ ...trace, steps: own.slice(0, FIRST) }, width),
    '',
    `     … ${many(left, 'step')} left out; explain --verbose shows them`,
    '',
    ...lanes({ ...trace, steps: own.slice(-LAST) }, width),
  ]
}

export function lengthOf(found: Counterexample): string {
  const { steps, preemptions } = found
  const { loopFrom } = found.trace
  // A run that was stepped by hand is no search's.
  const searched = found.states === 0 ? '' : ` (${many(found.states, 'state was', 'states were')} searched)`
  if (loopFrom !== undefined) {
    const stem = many(loopFrom - 1, 'step')
    const loop = many(steps - loopFrom + 1, 'step')
    return `goes on for ever: after ${stem}, a loop of ${loop}${searched}`
  }
  const { others } = found.trace
  if (others) {
    const sizes = [found.trace, ...others].map(({ steps }) => many(steps.filter(step => !step.setup).length, 'step'))
    const shortest = found.shortest ? '; to none of these orders is there a shorter run' : ''
    return `needs ${many(sizes.length, 'run')}, of ${sizes.join(' and ')}${shortest}${searched}`
  }
  const size = `violated after ${many(steps, 'step')}, ${many(preemptions, 'preemption')}`
  const shortest = found.shortest
    ? `no shorter run exists (${many(found.states, 'state was', 'states were')} searched breadth-first)`
    : 'a shorter run may exist'
  const calm = found.calmest ? '' : '; one with fewer preemptions may exist'
  return `${size}; ${shortest}${calm}`
}

/** What of the scenario the violation does not need. */
export function withoutText({ without: { threads, actions } }: Counterexample, width: number): string[] {
  const parts = [...threads, ...actions.map(({ thread, action }) => `call ${action + 1} of ${thread}`)]
  return parts.length === 0 ? [] : paragraph('  ', `without ${printable(parts.join(', '))}`, width)
}

function whyText(found: Counterexample, width: number): string[] {
  const lines = paragraph('  why   ', printable(found.why.reason), width)
  for (const line of found.why.lines ?? []) lines.push(...paragraph('        ', printable(line), width))
  for (const { name, value, writtenAt, writtenBy } of found.why.evidence.slice(0, 12)) {
    const when =
      writtenBy === undefined
        ? 'as at the start'
        : writtenAt === 0
          ? 'written by the setup'
          : `written at step ${writtenAt} by ${writtenBy}`
    lines.push(...paragraph('        ', printable(`${name} = ${value}, ${when}`), width))
  }
  return lines
}

/** `p1: ref 1, w0 9 · p2: …`, grouped by what the fields belong to. */
function states(head: string, changes: readonly Change[], width: number): string[] {
  const groups = new Map<string, string[]>()
  for (const { name, after } of changes) {
    const dot = name.indexOf('.')
    const owner = dot < 0 ? '' : name.slice(0, dot)
    groups.set(owner, [...(groups.get(owner) ?? []), `${name.slice(dot + 1)} ${after}`])
  }
  return [...groups].flatMap(([owner, fields], i) => {
    const first = i === 0 ? head : ' '.repeat(head.length)
    return paragraph(`  ${first}`, printable(`${owner === '' ? '' : `${owner}: `}${fields.join(', ')}`), width)
  })
}

/** The last value of each field that ended up different from how it began. */
function netChanges(changes: readonly Change[]): Change[] {
  const net = new Map<string, Change>()
  for (const change of changes)
    net.set(change.name, { ...change, before: net.get(change.name)?.before ?? change.before })
  return [...net.values()].filter(change => change.before !== change.after)
}
