import Table from 'cli-table3'
import type { Cell, Effect } from '../check/compare-results.js'
import { counterexampleText } from './counterexample-text.js'
import { paragraph } from './wrap.js'

const SIGNS: Record<Effect, string> = {
  fixed: 'fixed',
  broken: 'BROKEN',
  'still broken': 'still broken',
  'still holds': 'still holds',
  vacuous: '·',
  'not decided': '?',
}

/** A comparison as a table of what changed or stayed broken, the rest in numbers, and a trace for whatever is broken. */
export function compareText(title: string, cells: readonly Cell[], width: number): string[] {
  const lines = [title, '']
  const telling = cells.filter(cell => ['fixed', 'broken', 'still broken', 'not decided'].includes(cell.effect))
  if (telling.length > 0) {
    const table = new Table({
      head: ['scenario', 'property', 'effect', 'before', 'after'],
      style: { head: [], border: [], compact: true },
      chars: BORDERLESS,
    })
    for (const { scenario, property, effect, before, after } of telling) {
      table.push([scenario, property, SIGNS[effect], verdict(before), verdict(after)])
    }
    lines.push(
      ...table
        .toString()
        .split('\n')
        .map(line => line.trimEnd()),
      '',
    )
  }
  const holds = cells.filter(cell => cell.effect === 'still holds').length
  const vacuous = cells.filter(cell => cell.effect === 'vacuous').length
  const count = (effect: Effect) => cells.filter(cell => cell.effect === effect).length
  lines.push(
    `  ${count('fixed')} fixed, ${count('broken')} broken, ${count('still broken')} still broken, ${holds} still hold, ${vacuous} vacuous${count('not decided') > 0 ? `, ${count('not decided')} not decided` : ''}`,
  )
  for (const { before, after } of telling) {
    if (after.limit !== '' && before.verdict === 'violated') {
      lines.push(...paragraph('  limit         ', `${after.property}: ${after.limit}`, width))
    }
  }
  for (const cell of cells) {
    if (cell.effect !== 'broken' || !cell.after.counterexample) continue
    lines.push('', ...counterexampleText(cell.after.counterexample, { width }))
  }
  return lines
}

function verdict({ verdict, steps }: Cell['before']): string {
  return steps === undefined ? verdict : `${verdict} in ${steps} steps`
}

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
}
