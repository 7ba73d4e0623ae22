import type { ScenarioResult } from '../check/check-scenario.js'
import type { Row } from '../check/rows.js'
import { count } from '../check/verdict.js'
import { counterexampleText } from './counterexample-text.js'
import { paragraph, printable } from './wrap.js'

/** The lines about one scenario: its numbers, then every property that is not simply proved. */
export function scenarioText(rows: readonly Row[], result: ScenarioResult, width: number, verbose: boolean): string[] {
  const { exploration } = result
  const bad = rows.some(row => row.verdict === 'violated' || !row.asExpected)
  const kernel = [result.kernel, ...result.patches].join(' + ')
  const exact = exploration.exact ? 'exact' : collisionText(result)
  const numbers = `${count(exploration.states)} states, ${count(exploration.transitions)} transitions, depth ${Math.max(0, exploration.levels - 1)}, ${exact}, ${exploration.seconds.toFixed(2)} s, ${memory(exploration.bytes)}`
  const lines = [`${bad ? '✗' : '✓'} ${result.scenario}   kernel ${kernel}`, ...paragraph('  ', numbers, width)]
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
  for (const row of tally('violated')) lines.push(...violationText(row, width))
  for (const row of rows) {
    if (row.expected === 'violated' && row.verdict !== 'violated') {
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

function violationText(row: Row, width: number): string[] {
  const found = row.counterexample
  const size = found
    ? ` after ${found.steps} steps, ${found.preemptions} preemptions`
    : ` after ${row.steps} steps (told with --property ${row.property})`
  const lines = paragraph('  violated      ', `${row.property}${size}`, width)
  if (row.expected === 'violated')
    return [...lines, ...paragraph('                ', `expected: ${printable(row.note)}`, width)]
  return found ? [...lines, '', ...counterexampleText(found, { width }), ''] : lines
}

function list(head: string, rows: readonly Row[], width: number): string[] {
  return paragraph(head, rows.map(row => row.property).join(', '), width)
}

function collisionText(result: ScenarioResult): string {
  if (result.exploration.strategy === 'walk') return 'random walks'
  return `64-bit fingerprints, chance of a missed state below ${result.collisionBound.toExponential(1)}`
}

function memory(bytes: number): string {
  return bytes === 0 ? 'nothing stored' : `${(bytes / 2 ** 20).toFixed(0)} MiB`
}
