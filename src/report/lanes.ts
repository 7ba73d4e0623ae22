import type { Trace, TraceStep } from '../trace/trace.js'
import { type Cells, type Entry, type LaneOptions, type Rule, rowsOf } from './lane-rows.js'
import { printable, wrap, wrapPath } from './wrap.js'

/** Columns of the step number at least, and between columns. */
const NUMBER = 5
const GAP = 2
/** The bar at the left of steps that are repeated for ever. */
const BAR = 2
/** Lanes narrower than this are no longer read as lanes: the thread gets a column of its own instead. */
const NARROWEST = 27

/**
 * A trace in lanes, one per thread that takes part, as a lockdep splat lays out its CPUs; a part of the trace `whole` where
 * that is given.
 */
export function lanes(trace: Trace, options: LaneOptions, whole: Trace = trace): string[] {
  const { width, ghosts = false } = options
  const steps = trace.steps
    .filter(step => !step.setup)
    .map(step => ({ ...step, changes: step.changes.filter(change => ghosts || !change.ghost) }))
  const threads = trace.threads.filter(thread => steps.some(step => step.thread === thread))
  const margin = marginOf(trace, steps)
  const inLanes = threads.length < 2 || (width - margin) / (threads.length + 1) >= NARROWEST + GAP
  const place: Cells = inLanes
    ? (text, step) => threads.map(thread => (thread === step.thread ? text : ''))
    : (text, step, first) => [first ? step.thread : '', text]
  const rows = rowsOf(whole, steps, place, options)
  return draw(rows, inLanes ? threads : ['thread', 'step'], margin, options)
}

function marginOf({ loopFrom }: Trace, steps: readonly TraceStep[]): number {
  const digits = steps.reduce((most, { number }) => Math.max(most, String(number).length), 0)
  return Math.max(NUMBER, digits + 2) + (loopFrom === undefined ? 0 : BAR)
}

function draw(
  rows: readonly (Entry | Rule)[],
  heads: readonly string[],
  margin: number,
  { width, clean = printable }: LaneOptions,
): string[] {
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, text.length), 0)
  const entries = rows.flatMap(row => ('across' in row ? [] : [row]))
  const names = heads.map(clean)
  const wanted = [
    ...names.map((head, i) =>
      longest([head, ...entries.map(entry => (spans(entry, i) ? '' : (entry.cells[i] ?? '')))]),
    ),
    longest(['changed', ...entries.flatMap(entry => entry.changes)]),
  ]
  const widths = share(wanted, width - margin - GAP * heads.length)
  // What a cell may take: of a row that has nothing further to the right, all that is left.
  const roomAt = (entry: Entry, i: number) =>
    spans(entry, i) ? width - margin - widths.slice(0, i).reduce((all, more) => all + more + GAP, 0) : widths[i]
  const bar = entries.some(({ repeated }) => repeated) ? clean('│') : ''
  const line = (number: string, cells: readonly string[], change: string, repeated = false) =>
    [
      (number.padStart(margin - 2) || '').padEnd(margin).replace(/^ /, repeated ? bar : ' '),
      ...heads.map((_, i) => (cells[i] ?? '').padEnd(widths[i] + GAP)),
      change,
    ]
      .join('')
      .trimEnd()
  const block = (
    number: string,
    columns: readonly (readonly string[])[],
    changed: readonly string[],
    repeated = false,
  ) =>
    Array.from({ length: Math.max(changed.length, ...columns.map(column => column.length)) }, (_, i) =>
      line(
        i === 0 ? number : '',
        columns.map(column => column[i] ?? ''),
        changed[i] ?? '',
        repeated,
      ),
    )
  const head = block(
    '',
    names.map((name, i) => wrapCell(name, widths[i])),
    wrapCell('changed', widths[heads.length]),
  )
  return [
    ...head,
    ...rows.flatMap(row => {
      if ('across' in row) return across(row, width, margin, bar)
      const columns = row.cells.map((cell, i) => {
        const lines = wrapCell(cell, roomAt(row, i))
        return row.file !== '' && i === lastCell(row) ? withFile(lines, row.file, roomAt(row, i)) : lines
      })
      const changed = row.changes.flatMap(change => wrap(change, widths[heads.length]))
      return block(row.number, columns, changed, row.repeated)
    }),
  ]
}

/** The cell that the text of an entry stands in: before it there may be the thread. */
function lastCell({ cells }: Entry): number {
  return cells.findLastIndex(cell => cell !== '')
}

/** Whether a cell may reach over the columns to the right of it: nothing stands in them. */
function spans(entry: Entry, i: number): boolean {
  return entry.changes.length === 0 && i === lastCell(entry)
}

/** With the file beside the last line of a cell where there is room, or below it, and further in than a step. */
function withFile(cell: readonly string[], file: string, width: number): string[] {
  const last = `${cell.at(-1) ?? ''}  ${file}`
  if (last.length <= width) return [...cell.slice(0, -1), last]
  const indent = Math.min(4, Math.floor(width / 2))
  return [...cell, ...wrapPath(file, width - indent).map(part => `${' '.repeat(indent)}${part}`)]
}

function across(row: Rule, width: number, margin: number, bar: string): string[] {
  const indent = row.corner === '' ? margin + 2 : 1
  return wrap(row.across, width - indent).map((text, i) => {
    if (row.corner === '') return `${bar.padEnd(margin)}| ${text}`.trimEnd()
    return `${i === 0 ? row.corner : ' '}${text}`.trimEnd()
  })
}

/** A cell over several lines, continued lines indented further than the first. */
function wrapCell(cell: string, width: number): string[] {
  const indent = Math.min(cell.length - cell.trimStart().length + 2, Math.floor(width / 2))
  const [first = '', ...rest] = wrap(cell, width)
  if (rest.length === 0) return [first]
  return [first, ...wrap(cell.slice(first.length).trimStart(), width - indent).map(line => ' '.repeat(indent) + line)]
}

/** Column widths of at most `room` in all: what each wants where that fits, else the widest give way. */
function share(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted]
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const widest = Math.max(...widths)
    if (widest <= 1) break
    widths[widths.indexOf(widest)]--
  }
  return widths
}
