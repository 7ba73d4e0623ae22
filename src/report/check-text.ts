import type { ScenarioResult } from '../check/check-scenario.js'
import type { Row } from '../check/rows.js'
import type { Reduction } from '../explore/result.js'
import { count, many } from '../numbers.js'
import { counterexampleText } from './counterexample-text.js'
import { paragraph, printable } from './wrap.js'

/** How the lines about a scenario are laid out. */
export interface CheckTextOptions {
  /** Columns. */
  readonly width: number
  /** Whether steps that never ran are listed. */
  readonly verbose: boolean
  /** The command that replays a row's counterexample, if it was written to a file. */
  readonly replay: (row: Row) => string | undefined
}

/** The lines about one scenario: its numbers, then every property that is not simply proved. */
export function scenarioText(rows: readonly Row[], result: ScenarioResult, options: CheckTextOptions): string[] {
  const { exploration } = result
  const { width, verbose } = options
  const kernel = [result.kernel, ...result.patches].join(' + ')
  const exact = exploration.exact ? 'exact' : collisionText(result)
  const order = result.storeOrder === 'sc' ? '' : `store order ${result.storeOrder}, `
  const numbers = `${order}${sizeOf(result)}, depth ${Math.max(0, exploration.levels - 1)}, ${exact}, ${exploration.seconds.toFixed(2)} s, ${memory(exploration.bytes)}`
  const lines = [`${signOf(rows)} ${result.scenario}   kernel ${kernel}`, ...paragraph('  ', numbers, width)]
  for (const saved of savings(exploration.reduction)) lines.push(...paragraph('  reduced       ', saved, width))
  const tally = (verdict: Row['verdict']) => rows.filter(row => row.verdict === verdict)
  const proved = tally('proved')
  if (proved.length > 0) lines.push(...list('  proved        ', proved, width))
  for (const verdict of ['holds up to', 'inconclusive'] as const) {
    const limited = tally(verdict)
    if (limited.length === 0) continue
    lines.push(...list(`  ${verdict.padEnd(14)}`, limited, width))
    lines.push(...paragraph(`  ${''.padEnd(14)}`, `limit: ${limited[0].limit}`, width))
  }
  const vacuous = tally('vacuous')
  const missing = vacuous.filter(row => !row.asExpected)
  if (missing.length > 0)
    lines.push(
      ...list('  vacuous       ', missing, width),
      '                had no chance to fail, though the scenario exercises them',
    )
  if (vacuous.length > missing.length) {
    lines.push(
      ...list(
        '  vacuous here  ',
        vacuous.filter(row => row.asExpected),
        width,
      ),
    )
  }
  for (const row of tally('violated')) lines.push(...violationText(row, options))
  for (const row of rows) {
    if (row.expected === 'violated' && !row.asExpected) {
      lines.push(
        ...paragraph('  missing       ', `${row.property} was expected to be violated: ${printable(row.note)}`, width),
      )
    }
  }
  if (verbose && result.dead.length > 0) {
    const dead = result.dead.map(step => `${step.operation}: ${step.label}`).join('; ')
    lines.push(...paragraph('  never ran     ', dead, width))
  }
  return lines
}

/** How much was searched. */
function sizeOf({ exploration: { states, transitions, runs } }: ScenarioResult): string {
  if (!runs) return `${many(states, 'state')}, ${many(transitions, 'transition')}`
  const redundant = runs.redundant === 0 ? '' : `, ${count(runs.redundant)} given up as redundant`
  const searches = runs.searches === 1 ? '' : ` in ${count(runs.searches)} searches`
  return `${many(runs.complete, 'run')}${searches}${redundant}, ${many(states, 'step')}`
}

function signOf(rows: readonly Row[]): string {
  if (rows.some(row => row.verdict === 'violated' || !row.asExpected)) return '✗'
  return rows.some(row => row.verdict === 'inconclusive') ? '?' : '✓'
}

function violationText(row: Row, { width, replay }: CheckTextOptions): string[] {
  const found = row.counterexample
  const size = found
    ? ` after ${many(found.steps, 'step')}, ${many(found.preemptions, 'preemption')}`
    : ` after ${many(row.steps ?? 0, 'step')} (told with --property ${row.property})`
  const lines = paragraph('  violated      ', `${row.property}${size}`, width)
  if (row.expected === 'violated')
    return [...lines, ...paragraph('                ', `expected: ${printable(row.note)}`, width)]
  if (!found) return lines
  const command = replay(row)
  return [
    ...lines,
    '',
    ...counterexampleText(found, { width }),
    ...(command === undefined ? [] : [`  replay  ${command}`]),
    '',
  ]
}

function list(head: string, rows: readonly Row[], width: number): string[] {
  return paragraph(head, rows.map(row => row.property).join(', '), width)
}

function collisionText(result: ScenarioResult): string {
  if (result.exploration.strategy === 'walk') return 'random walks'
  return `64-bit fingerprints, chance of a missed state below ${result.collisionBound.toExponential(1)}`
}

/** What each reduction saved, in a sentence. */
export function savings(reduction: Reduction | undefined): string[] {
  const { order, symmetry } = reduction ?? {}
  return [
    ...(symmetry ? [symmetryText(symmetry)] : []),
    ...(order
      ? [
          `${order.alone === 'local' ? 'local steps' : 'partial order'}: in ${many(order.states, 'state')} the steps of one thread alone were followed, and ${many(order.skipped, 'step')} of others left for later; taken back ${many(order.revised, 'time')}`,
        ]
      : []),
  ]
}

function symmetryText({ exchanges, what, standFor }: NonNullable<Reduction['symmetry']>): string {
  if (exchanges === 1) return 'symmetry: no two threads are alike'
  return `symmetry: ${many(exchanges, 'exchange')} of ${what}; the states looked at stand for ${count(standFor)}`
}

function memory(bytes: number): string {
  return bytes === 0 ? 'nothing stored' : `${(bytes / 2 ** 20).toFixed(0)} MiB`
}
