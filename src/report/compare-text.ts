import Table from 'cli-table3'
import { type Cell, type Effect, isNew } from '../check/compare-results.js'
import { many } from '../numbers.js'
import { BORDERLESS } from './borderless.js'
import { counterexampleText } from './counterexample-text.js'
import { paragraph } from './wrap.js'

/** How a comparison is laid out. */
export interface CompareTextOptions {
  /** Columns. */
  readonly width: number
  /** Whether equal states were recognised by their whole value, in every search. */
  readonly exact: boolean
  /** The command that replays the counterexample of a cell, if it was written to a file. */
  readonly replay: (cell: Cell) => string | undefined
}

const SIGNS: Record<Effect, string> = {
  fixed: 'fixed',
  broken: 'BROKEN',
  'still broken': 'still broken',
  'still holds': 'still holds',
  vacuous: '·',
  'not decided': '?',
}

/** A comparison as a table of what changed or stayed broken, the rest in numbers, and a trace for whatever is new. */
export function compareText(title: string, cells: readonly Cell[], options: CompareTextOptions): string[] {
  const telling = cells.filter(cell => ['fixed', 'broken', 'still broken', 'not decided'].includes(cell.effect))
  return [
    title,
    '',
    ...(telling.length > 0 ? [...table(telling), ''] : []),
    numbers(cells),
    ...(options.exact ? [] : ['  inexact   states may have been missed: fingerprints, or random walks']),
    ...caveats(cells, options.width),
    ...cells.flatMap(cell => trace(cell, options)),
  ]
}

function table(cells: readonly Cell[]): string[] {
  const drawn = new Table({
    head: ['scenario', 'property', 'effect', 'before', 'after'],
    style: { head: [], border: [], compact: true },
    chars: BORDERLESS,
  })
  for (const { scenario, property, effect, before, after } of cells) {
    drawn.push([scenario, property, SIGNS[effect], verdictOf(before), verdictOf(after)])
  }
  return drawn
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
}

function verdictOf({ verdict, steps }: Cell['before']): string {
  return steps === undefined ? verdict : `${verdict} in ${many(steps, 'step')}`
}

function numbers(cells: readonly Cell[]): string {
  const count = (effect: Effect) => cells.filter(cell => cell.effect === effect).length
  const bounded = cells.filter(cell => cell.effect === 'still holds' && cell.after.limit !== '').length
  const parts = [
    `${count('fixed')} fixed`,
    `${count('broken')} broken`,
    `${count('still broken')} still broken`,
    `${count('still holds')}${bounded === 0 ? '' : ` (${bounded} up to a limit)`} still hold`,
    `${count('vacuous')} vacuous`,
    ...(count('not decided') > 0 ? [`${count('not decided')} not decided`] : []),
  ]
  return `  ${parts.join(', ')}`
}

/** What a reader must know before repeating the table: bounds, and claims that are no longer put to the test. */
function caveats(cells: readonly Cell[], width: number): string[] {
  const limits = new Set<string>()
  for (const { scenario, effect, before, after } of cells) {
    if (before.verdict === 'inconclusive') limits.add(`${scenario}, before: ${before.limit}`)
    if (after.limit !== '' && (effect === 'fixed' || effect === 'not decided')) {
      limits.add(`${scenario}, after: ${after.limit}`)
    }
  }
  const hidden = cells.filter(cell => cell.effect === 'broken' && cell.before.verdict === 'holds up to')
  const untested = cells.filter(cell => cell.effect === 'vacuous' && cell.before.verdict !== 'vacuous')
  return [
    ...[...limits].flatMap(limit => paragraph('  limit     ', limit, width)),
    ...hidden.flatMap(({ property }) =>
      paragraph('  perhaps   ', `${property} was violated before, too, beyond the limit of that search`, width),
    ),
    ...untested.flatMap(({ scenario, property }) =>
      paragraph('  untested  ', `${property} has no chance to fail in ${scenario} any more`, width),
    ),
  ]
}

function trace(cell: Cell, { width, replay }: CompareTextOptions): string[] {
  if (!isNew(cell) || !cell.after.counterexample) return []
  const command = replay(cell)
  return [
    '',
    ...counterexampleText(cell.after.counterexample, { width }),
    ...(command === undefined ? [] : [`  replay  ${command}`]),
  ]
}
