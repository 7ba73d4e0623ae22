import { many } from '../numbers.js'
import type { Trace, TraceStep } from '../trace/trace.js'
import { printable } from './wrap.js'

/** How lanes are drawn. */
export interface LaneOptions {
  readonly width: number
  /** Changes of ghost fields, too. */
  readonly ghosts?: boolean
  /** Makes text safe for where it goes. */
  readonly clean?: (text: string) => string
  /** Lines that stand below a step. */
  readonly below?: (step: TraceStep) => readonly string[]
}

/** One entry of a trace: what stands in each column, and what changed. */
export interface Entry {
  readonly number: string
  readonly cells: readonly string[]
  /** The kernel's file: on the line of the last cell where there is room, else below it. */
  readonly file: string
  readonly changes: readonly string[]
  readonly repeated: boolean
}

/** What stands across all columns. */
export interface Rule {
  readonly across: string
  /** Of the loop's begin and end. */
  readonly corner: string
}

/** Where in a row the text of a step stands; `first` of its thread after a step of another. */
export type Cells = (text: string, step: TraceStep, first: boolean) => readonly string[]

/** What there is to draw of these steps of a trace, from top to bottom. */
export function rowsOf(
  trace: Trace,
  steps: readonly TraceStep[],
  place: Cells,
  { clean = printable, below }: LaneOptions,
): (Entry | Rule)[] {
  const { loopFrom } = trace
  const rows: (Entry | Rule)[] = []
  const lastCalls = new Map<string, string>()
  // A function that was here before, or lies in the file of the one above it, is told without its file.
  const entered = new Set<string>()
  const lastFiles = new Map<string, string>()
  let lastThread = ''
  const add = (text: string, step: TraceStep, more: Partial<Pick<Entry, 'number' | 'file' | 'changes'>> = {}) => {
    const { number = '', file = '', changes = [] } = more
    rows.push({
      number,
      cells: place(text, step, lastThread !== step.thread).map(clean),
      file: clean(file),
      changes: changes.map(clean),
      repeated: loopFrom !== undefined && step.number >= loopFrom,
    })
    lastThread = step.thread
  }
  for (const step of steps) {
    if (step.number === loopFrom) rows.push({ across: clean(`─ ${loopText(trace, loopFrom)}`), corner: clean('┌') })
    const calls = step.stack.join('/')
    if (lastCalls.get(step.thread) !== calls && step.operation !== '') {
      const key = `${step.thread}\n${step.operation}`
      const told = entered.has(key) || lastFiles.get(step.thread) === step.source
      add(`${step.operation}()`, step, { file: told ? '' : step.source })
      entered.add(key)
      lastFiles.set(step.thread, step.source)
    }
    lastCalls.set(step.thread, calls)
    const chosen = step.chosen === undefined ? '' : ` [${step.chosen}]`
    add(`  ${step.label}${chosen}`, step, { number: String(step.number), changes: changesOf(step) })
    if (step.note !== '') add(`  (${step.note})`, step)
    for (const said of step.said) add(`  ! ${said}`, step)
    for (const across of below?.(step) ?? []) rows.push({ across: clean(across), corner: '' })
  }
  if (loopFrom !== undefined && steps.at(-1) !== undefined && steps.at(-1)?.number === trace.steps.at(-1)?.number) {
    rows.push({ across: clean(`─ and again from step ${loopFrom}`), corner: clean('└') })
  }
  return rows
}

/** Who acts in the loop, and who does not. */
function loopText({ steps, threads }: Trace, loopFrom: number): string {
  const loop = steps.filter(step => !step.setup && step.number >= loopFrom)
  const parts = threads.flatMap(thread => {
    const own = loop.filter(step => step.thread === thread).length
    return own === 0 ? [] : [`${thread} (${many(own, 'step')})`]
  })
  const setups = new Set(steps.filter(step => step.setup).map(({ thread }) => thread))
  const idle = threads.filter(thread => !setups.has(thread) && loop.every(step => step.thread !== thread))
  const others = idle.length === 0 ? '' : `; without a step of ${idle.join(', ')}`
  return `from here on, for ever: ${parts.join(', ')}${others}`
}

function changesOf(step: TraceStep): string[] {
  const shared = step.changes.map(change => `${change.name} ${change.before}→${change.after}`)
  const locals = step.locals.map(local => `${local.name} = ${local.value}`)
  const all = shared.length > 0 ? shared : locals
  return all.length > 0 ? all : ['·']
}
