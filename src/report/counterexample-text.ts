import type { Counterexample } from '../check/counterexample.js'
import { many } from '../numbers.js'
import type { Change } from '../state/diff.js'
import type { Trace, TraceStep } from '../trace/trace.js'
import { cleaner } from './ascii.js'
import type { LaneOptions } from './lane-rows.js'
import { lanes } from './lanes.js'
import { paragraph } from './wrap.js'

/** How a text report is laid out. */
export interface TextOptions {
  /** Columns that no line exceeds. */
  readonly width: number
  /** Whether the setup's steps are shown too, every step of a long run, ghosts, and whole states at start and end. */
  readonly verbose?: boolean
  /** ASCII alone, for mail. */
  readonly ascii?: boolean
  /** What stands below the start (after the setup), and below a step. */
  readonly below?: (run: Trace, step: TraceStep | undefined) => readonly string[]
}

/** The options, and what makes text from anywhere safe here. */
interface Layout extends TextOptions {
  readonly clean: (text: string) => string
}

/** Of a run that is longer than both together, the first steps and the last are shown. */
const FIRST = 20
const LAST = 180

/** A counterexample as plain text that pastes into a mail: lanes, what changed, and why. */
export function counterexampleText(found: Counterexample, options: TextOptions): string[] {
  const clean = cleaner(options.ascii ?? false)
  const layout: Layout = { ...options, clean }
  const { width, verbose = false, below } = layout
  const { trace } = found
  const { others = [] } = trace
  const lines = [
    ...headText(found, layout),
    '',
    ...startText(trace, layout),
    ...(below?.(trace, undefined) ?? []).map(line => (line === '' ? '' : `  ${line}`)),
  ]
  if (lines.at(-1) !== '') lines.push('')
  for (const [i, run] of [trace, ...others].entries()) {
    if (others.length > 0) lines.push(...(i > 0 ? [''] : []), clean(`     ── run ${i + 1} ──`))
    lines.push(...stepsText(run, layout))
    const last = run.steps.at(-1)
    if (last) lines.push(...paragraph('     = ', clean([last.source, last.operation].filter(Boolean).join(' ')), width))
    if (verbose && others.length > 0) lines.push(...states('end     ', endOf(run), layout))
  }
  if (verbose && others.length === 0) lines.push('', ...states('end     ', endOf(trace), layout))
  lines.push('', ...whyText(found, layout))
  return lines.map(line => line.trimEnd())
}

/** What is violated, where, and how small the run is. */
function headText(found: Counterexample, { width, clean }: Layout): string[] {
  const kernel = [found.kernel, ...found.patches].join(' + ')
  const order = found.storeOrder ? `, store order ${found.storeOrder}` : ''
  return [
    ...paragraph(clean('✗ '), clean(`${found.scenario}   ${found.property}   kernel ${kernel}${order}`), width),
    ...paragraph('  ', clean(`claim: ${found.claim}`), width),
    ...paragraph('  ', lengthOf(found), width),
    ...withoutText(found).flatMap(text => paragraph('  ', clean(text), width)),
  ]
}

/** The initial state, and what the setup made of it. */
function startText(trace: Trace, layout: Layout): string[] {
  const { width, verbose = false, clean } = layout
  const setup = trace.steps.filter(step => step.setup)
  const shown = (changes: readonly Change[]) => changes.filter(change => verbose || !change.ghost)
  const lines = states('start   ', shown(trace.initially), layout)
  if (setup.length === 0) return lines
  const operations = [...new Set(setup.map(step => step.stack[0]))].join(', ')
  lines.push(
    ...paragraph('  setup   ', clean(`${operations} ran alone, ${many(setup.length, 'step')}; it left`), width),
  )
  if (verbose) {
    const steps = setup.map((step, i) => ({ ...step, setup: false, number: i + 1 }))
    const { loopFrom: _, ...straight } = trace
    lines.push(...lanes({ ...straight, steps }, lanesOf(layout)))
  }
  return [...lines, ...states('        ', netChanges(shown(setup.flatMap(step => step.changes))), layout)]
}

function lanesOf({ width, verbose = false, clean }: Layout): LaneOptions {
  return { width, ghosts: verbose, clean }
}

/** The steps after the setup; the middle of a run that is too long to be read is left out. */
function stepsText(trace: Trace, layout: Layout): string[] {
  const { verbose = false, below, clean, width } = layout
  const options: LaneOptions = { ...lanesOf(layout), ...(below && { below: step => below(trace, step) }) }
  const own = trace.steps.filter(step => !step.setup)
  const left = own.length - FIRST - LAST
  if (verbose || left <= 0) return lanes(trace, options)
  return [
    ...lanes({ ...trace, steps: own.slice(0, FIRST) }, options, trace),
    '',
    ...paragraph('     ', clean(`… ${many(left, 'step')} left out; explain --verbose shows them`), width),
    '',
    ...lanes({ ...trace, steps: own.slice(-LAST) }, options, trace),
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
export function withoutText({ without: { threads, actions } }: Counterexample): string[] {
  const parts = [...threads, ...actions.map(({ thread, action }) => `call ${action + 1} of ${thread}`)]
  return parts.length === 0 ? [] : [`without ${parts.join(', ')}`]
}

function whyText(found: Counterexample, { width, clean }: Layout): string[] {
  const lines = paragraph('  why   ', clean(found.why.reason), width)
  for (const line of found.why.lines ?? []) lines.push(...paragraph('        ', clean(line), width))
  for (const { name, value, writtenAt, writtenBy } of found.why.evidence.slice(0, 12)) {
    const when =
      writtenBy === undefined
        ? 'as at the start'
        : writtenAt === 0
          ? 'written by the setup'
          : `written at step ${writtenAt} by ${writtenBy}`
    lines.push(...paragraph('        ', clean(`${name} = ${value}, ${when}`), width))
  }
  return lines
}

/** `p1: ref 1, w0 9 · p2: …`, grouped by what the fields belong to. */
function states(head: string, changes: readonly Change[], { width, clean }: Layout): string[] {
  const groups = new Map<string, string[]>()
  for (const { name, after } of changes) {
    const dot = name.indexOf('.')
    const owner = dot < 0 ? '' : name.slice(0, dot)
    groups.set(owner, [...(groups.get(owner) ?? []), `${name.slice(dot + 1)} ${after}`])
  }
  return [...groups].flatMap(([owner, fields], i) => {
    const first = i === 0 ? head : ' '.repeat(head.length)
    return paragraph(`  ${first}`, clean(`${owner === '' ? '' : `${owner}: `}${fields.join(', ')}`), width)
  })
}

/** The last value of each field that ended up different from how it began. */
function netChanges(changes: readonly Change[]): Change[] {
  const net = new Map<string, Change>()
  for (const change of changes)
    net.set(change.name, { ...change, before: net.get(change.name)?.before ?? change.before })
  return [...net.values()].filter(change => change.before !== change.after)
}

/** What differs from zero after the last step, ghosts included. */
function endOf(trace: Trace): Change[] {
  return netChanges([...trace.initially, ...trace.steps.flatMap(step => step.changes)])
}
