import type { Trace, TraceStep } from '../trace/trace.js'
import { printable, wrap } from './wrap.js'

/** Columns of the step number, and between columns. */
const NUMBER = 5
const GAP = 2
/** Lanes narrower than this are no longer read as lanes: the thread gets a column of its own instead. */
const NARROWEST = 27

/** One entry of a trace: what stands in each column, and what changed. */
interface Entry {
  readonly number: string
  readonly cells: readonly string[]
  readonly changes: readonly string[]
}

/**
 * A trace in lanes, one per thread that takes part, as a lockdep splat lays out its CPUs. Changes of ghost fields are
 * left out unless `ghosts`.
 */
export function lanes(trace: Trace, width: number, ghosts = false): string[] {
  const steps = trace.steps
    .filter(step => !step.setup)
    .map(step => ({ ...step, changes: step.changes.filter(change => ghosts || !change.ghost) }))
  const threads = trace.threads.filter(thread => steps.some(step => step.thread === thread))
  const inLanes = threads.length < 2 || (width - NUMBER) / (threads.length + 1) >= NARROWEST + GAP
  return inLanes
    ? draw(
        entriesOf(steps, trace.loopFrom, (text, step) => threads.map(thread => (thread === step.thread ? text : ''))),
        threads,
        width,
      )
    : draw(
        entriesOf(steps, trace.loopFrom, (text, step, first) => [first ? step.thread : '', text]),
        ['thread', 'step'],
        width,
      )
}

function entriesOf(
  steps: readonly TraceStep[],
  loopFrom: number | undefined,
  place: (text: string, step: TraceStep, first: boolean) => string[],
): Entry[] {
  const entries: Entry[] = []
  const lastCalls = new Map<string, string>()
  let lastThread = ''
  const add = (number: string, text: string, step: TraceStep, changes: readonly string[]) => {
    const cells = place(text, step, lastThread !== step.thread).map(printable)
    entries.push({ number, cells, changes: changes.map(printable) })
    lastThread = step.thread
  }
  for (const step of steps) {
    if (step.number === loopFrom) entries.push({ number: '', cells: ['── from here on, for ever ──'], changes: [] })
    const calls = step.stack.join('/')
    if (lastCalls.get(step.thread) !== calls && step.operation !== '') add('', `${step.operation}()`, step, [])
    lastCalls.set(step.thread, calls)
    const chosen = step.chosen === undefined ? '' : ` [${step.chosen}]`
    add(String(step.number), `  ${step.label}${chosen}`, step, changesOf(step))
    for (const said of step.said) add('', `  ! ${said}`, step, [])
  }
  if (loopFrom !== undefined) {
    entries.push({ number: '', cells: [`── and again from step ${loopFrom} ──`], changes: [] })
  }
  return entries
}

function changesOf(step: TraceStep): string[] {
  const shared = step.changes.map(change => `${change.name} ${change.before}→${change.after}`)
  const locals = step.locals.map(local => `${local.name} = ${local.value}`)
  const all = shared.length > 0 ? shared : locals
  return all.length > 0 ? all : ['·']
}

function draw(entries: readonly Entry[], heads: readonly string[], width: number): string[] {
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, text.length), 0)
  const wanted = [
    ...heads.map((head, i) => longest([head, ...entries.map(entry => entry.cells[i] ?? '')])),
    longest(['changed', ...entries.flatMap(entry => entry.changes)]),
  ]
  const widths = share(wanted, width - NUMBER - GAP * heads.length)
  const row = (number: string, cells: readonly string[], change: string) =>
    [
      number.padStart(NUMBER - 2).padEnd(NUMBER),
      ...heads.map((_, i) => (cells[i] ?? '').padEnd(widths[i] + GAP)),
      change,
    ]
      .join('')
      .trimEnd()
  return [
    row('', heads.map(printable), 'changed'),
    ...entries.flatMap(({ number, cells, changes }) => {
      const columns = cells.map((cell, i) => wrapCell(cell, widths[i]))
      const changed = changes.flatMap(change => wrap(change, widths[heads.length]))
      const height = Math.max(changed.length, ...columns.map(column => column.length))
      return Array.from({ length: height }, (_, i) =>
        row(
          i === 0 ? number : '',
          columns.map(column => column[i] ?? ''),
          changed[i] ?? '',
        ),
      )
    }),
  ]
}

/** A cell over several lines, continued lines indented further than the first. */
function wrapCell(cell: string, width: number): string[] {
  const indent = cell.length - cell.trimStart().length + 2
  const [first = '', ...rest] = wrap(cell, width)
  if (rest.length === 0) return [first]
  return [first, ...wrap(cell.slice(first.length).trimStart(), width - indent).map(line => ' '.repeat(indent) + line)]
}

/** Column widths of at most `room` in all: what each wants where that fits, else the widest give way. */
function share(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted]
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST - 8) break
    widths[widths.indexOf(widest)]--
  }
  return widths
}
