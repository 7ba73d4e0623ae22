import type { Trace, TraceStep } from '../trace/trace.js'
import { printable, wrap } from './wrap.js'

/** Columns of the step number and of the gaps between lanes. */
const NUMBER = 5
const GAP = 2
const NARROWEST_LANE = 22

/** A trace in lanes, one per thread that takes part, as a lockdep splat lays out its CPUs. */
export function lanes(trace: Trace, width: number): string[] {
  const steps = trace.steps.filter(step => !step.setup)
  const threads = trace.threads.filter(thread => steps.some(step => step.thread === thread))
  const changed = Math.min(30, Math.max(20, Math.floor(width * 0.28)))
  const room = width - NUMBER - changed - GAP
  const lane = Math.floor(room / Math.max(1, threads.length)) - GAP
  return lane >= NARROWEST_LANE || threads.length === 1
    ? table(steps, threads, Math.max(lane, NARROWEST_LANE), changed, step => threads.indexOf(step.thread))
    : table(
        steps,
        ['thread: step'],
        room - GAP,
        changed,
        () => 0,
        step => `${step.thread}: `,
      )
}

function table(
  steps: readonly TraceStep[],
  heads: readonly string[],
  lane: number,
  changed: number,
  laneOf: (step: TraceStep) => number,
  prefix: (step: TraceStep) => string = () => '',
): string[] {
  const row = (number: string, at: number, cell: string, change: string) =>
    [
      number.padStart(NUMBER - 2).padEnd(NUMBER),
      ...heads.map((_, i) => (i === at ? cell : '').padEnd(lane + GAP)),
      change,
    ]
      .join('')
      .trimEnd()
  const lines = [
    [' '.repeat(NUMBER), ...heads.map(head => printable(head).padEnd(lane + GAP)), 'changed'].join('').trimEnd(),
  ]
  const lastOperation = new Map<string, string>()
  for (const step of steps) {
    const at = laneOf(step)
    const where = step.stack.join('/')
    if (lastOperation.get(step.thread) !== where && step.operation !== '') {
      const text = `${prefix(step)}${printable(step.operation)}()`
      for (const line of wrap(text, lane)) lines.push(row('', at, line, ''))
    }
    lastOperation.set(step.thread, where)
    const chosen = step.chosen === undefined ? '' : ` [${step.chosen}]`
    const cells = wrap(`  ${prefix(step)}${printable(step.label)}${chosen}`, lane).map((line, i) =>
      i === 0 ? line : `    ${line}`.slice(0, lane + 4),
    )
    const changes = changesOf(step, changed)
    const height = Math.max(cells.length, changes.length)
    for (let i = 0; i < height; i++)
      lines.push(row(i === 0 ? String(step.number) : '', at, cells[i] ?? '', changes[i] ?? ''))
    for (const said of step.said)
      for (const line of wrap(`  ! ${printable(said)}`, lane)) lines.push(row('', at, line, ''))
  }
  return lines
}

function changesOf(step: TraceStep, width: number): string[] {
  const shared = step.changes.map(change => `${change.name} ${change.before}→${change.after}`)
  const locals = step.locals.map(local => `${local.name} = ${local.value}`)
  const all = shared.length > 0 ? shared : locals
  if (all.length === 0) return ['·']
  return all.flatMap(text => wrap(printable(text), width))
}
