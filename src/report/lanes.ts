import type { Trace, TraceStep } from '../trace/trace.js'
import { printable, wrap } from './wrap.js'

/** Columns of the step number, and between lanes. */
const NUMBER = 5
const GAP = 2
const NARROWEST = 20

/** One printed line of a trace: what stands in its lane, and what changed. */
interface Line {
  readonly number: string
  readonly lane: number
  readonly cell: string
  readonly change: string
}

/** A trace in lanes, one per thread that takes part, as a lockdep splat lays out its CPUs. */
export function lanes(trace: Trace, width: number): string[] {
  const steps = trace.steps.filter(step => !step.setup)
  const threads = trace.threads.filter(thread => steps.some(step => step.thread === thread))
  const room = width - NUMBER - GAP * threads.length
  if (room / (threads.length + 1) < NARROWEST && threads.length > 1) {
    return draw(
      linesOf(
        steps,
        () => 0,
        step => `${step.thread}: `,
      ),
      ['thread: step'],
      width,
    )
  }
  return draw(
    linesOf(
      steps,
      step => threads.indexOf(step.thread),
      () => '',
    ),
    threads,
    width,
  )
}

function linesOf(
  steps: readonly TraceStep[],
  laneOf: (step: TraceStep) => number,
  prefix: (step: TraceStep) => string,
): Line[] {
  const lines: Line[] = []
  const lastCalls = new Map<string, string>()
  for (const step of steps) {
    const lane = laneOf(step)
    const calls = step.stack.join('/')
    if (lastCalls.get(step.thread) !== calls && step.operation !== '') {
      lines.push({ number: '', lane, cell: `${prefix(step)}${step.operation}()`, change: '' })
    }
    lastCalls.set(step.thread, calls)
    const chosen = step.chosen === undefined ? '' : ` [${step.chosen}]`
    const [first = '', ...more] = changesOf(step)
    lines.push({ number: String(step.number), lane, cell: `  ${prefix(step)}${step.label}${chosen}`, change: first })
    for (const change of more) lines.push({ number: '', lane, cell: '', change })
    for (const said of step.said) lines.push({ number: '', lane, cell: `  ! ${said}`, change: '' })
  }
  return lines.map(line => ({ ...line, cell: printable(line.cell), change: printable(line.change) }))
}

function changesOf(step: TraceStep): string[] {
  const shared = step.changes.map(change => `${change.name} ${change.before}→${change.after}`)
  const locals = step.locals.map(local => `${local.name} = ${local.value}`)
  const all = shared.length > 0 ? shared : locals
  return all.length > 0 ? all : ['·']
}

function draw(lines: readonly Line[], heads: readonly string[], width: number): string[] {
  const wanted = [
    ...heads.map((head, i) =>
      Math.max(head.length, ...lines.filter(line => line.lane === i).map(line => line.cell.length)),
    ),
    Math.max('changed'.length, ...lines.map(line => line.change.length)),
  ]
  const widths = share(wanted, width - NUMBER - GAP * heads.length)
  const changed = widths[heads.length]
  const row = (number: string, lane: number, cell: string, change: string) =>
    [
      number.padStart(NUMBER - 2).padEnd(NUMBER),
      ...heads.map((_, i) => (i === lane ? cell : '').padEnd(widths[i] + GAP)),
      change,
    ]
      .join('')
      .trimEnd()
  const head = [' '.repeat(NUMBER), ...heads.map((name, i) => printable(name).padEnd(widths[i] + GAP)), 'changed'].join(
    '',
  )
  return [
    head,
    ...lines.flatMap(({ number, lane, cell, change }) => {
      const cells = wrapCell(cell, widths[lane])
      const changes = wrap(change, changed)
      return Array.from({ length: Math.max(cells.length, changes.length) }, (_, i) =>
        row(i === 0 ? number : '', lane, cells[i] ?? '', changes[i] ?? ''),
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
  const widths = wanted.map(want => Math.max(want, 1))
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) break
    widths[widths.indexOf(widest)]--
  }
  return widths
}
