import type { Row } from '../check/rows.js'
import { standingOf } from '../check/standing.js'
import { many } from '../numbers.js'
import type { CheckRun } from './check-run.js'
import { kernelName } from './names.js'
import { printable } from './wrap.js'

/** Known violations that are named in the notice about them. */
const NAMED = 5

type Level = 'error' | 'warning' | 'notice'

/** A run as workflow commands of GitHub: an annotation for each row that is not as expected, one for all known ones. */
export function githubAnnotations(run: CheckRun): string[] {
  const rows = run.rows.flat()
  const known = rows.filter(row => standingOf(row) === 'known')
  return [
    ...rows.flatMap(annotationOf),
    ...run.missing.map(({ scenario, property, note }) =>
      command('error', `${scenario} ${property}`, `a violation is expected somewhere, and there is none: ${note}`),
    ),
    ...run.errors.map(({ message }) => command('error', 'not checked', message)),
    ...(known.length > 0 ? [command('notice', many(known.length, 'known violation'), namesOf(known))] : []),
  ]
}

function namesOf(rows: readonly Row[]): string {
  const names = rows.slice(0, NAMED).map(row => `${row.scenario} / ${row.property} on ${kernelName(row)}`)
  const more = rows.length - names.length
  return [...names, ...(more > 0 ? [`and ${many(more, 'other')}`] : [])].join(', ')
}

function annotationOf(row: Row): string[] {
  const title = `${row.scenario} ${row.property}`
  const on = `on ${kernelName(row)}`
  switch (standingOf(row)) {
    case 'unexpected': {
      const why = row.counterexample ? `: ${row.counterexample.why.reason}` : ''
      const text = `violated after ${many(row.steps ?? 0, 'step')} ${on}${why}`
      return [command('error', title, text, row.counterexample?.trace.steps.at(-1)?.source)]
    }
    case 'missing':
      return [command('error', title, `a violation is expected ${on}, and there is none: ${row.note}`)]
    case 'untested':
      return [command('error', title, `had no chance to fail ${on}, though the scenario exercises it`)]
    case 'inconclusive':
      return [command('warning', title, `inconclusive ${on}: ${row.limit}`)]
    case 'known':
    case 'vacuous':
    case 'limited':
    case 'proved':
      return []
  }
}

function command(level: Level, title: string, text: string, file = ''): string {
  const properties = [...(file === '' ? [] : [`file=${property(file)}`]), `title=${property(title)}`]
  return `::${level} ${properties.join(',')}::${data(text)}`
}

/** What follows `::` up to the end of the line. */
function data(text: string): string {
  return printable(text).replaceAll('%', '%25')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
