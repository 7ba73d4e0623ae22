import type { Counterexample } from '../check/counterexample.js'
import type { Row } from '../check/rows.js'
import { type Standing, standingOf } from '../check/standing.js'
import { VERDICTS } from '../check/verdict.js'
import { count, many } from '../numbers.js'
import type { CheckRun } from './check-run.js'
import { counterexampleText } from './counterexample-text.js'
import { kernelName } from './names.js'
import { printable } from './wrap.js'

/** A run as Markdown, at most so many bytes of it: what does not fit is left out at the end, and counted. */
export function markdownOfRun(run: CheckRun, most = Number.POSITIVE_INFINITY): string {
  return joined(piecesOf(run), most)
}

/** A counterexample as Markdown. */
export function markdownOfCounterexample(found: Counterexample): string {
  return `${violationText(found)}\n`
}

/** The parts of a report, each of which can stand without those after it. */
function piecesOf(run: CheckRun): string[] {
  const rows = run.rows.flat()
  const of = (standing: Standing) => rows.filter(row => standingOf(row) === standing)
  const problems = [...of('missing'), ...of('untested'), ...of('inconclusive')]
  return [
    `## foliocheck\n\n${summaryOf(run, rows)}\n\n${TABLE_HEAD}`,
    ...run.rows.map(tableLine),
    ...section('Not as expected', [
      ...of('unexpected').map(row => `${unexpectedText(row)}\n`),
      ...problems.map(row => `- ${nameOf(row)}: ${prose(problemOf(row))}`),
      ...run.missing.map(k => `- ${nameOf(k)}: ${prose(`a violation is expected somewhere: ${k.note}`)}`),
    ]),
    ...section(
      'Errors',
      run.errors.map(({ message }) => `- ${prose(message)}`),
    ),
    ...knownText(of('known')),
  ]
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`\n### ${title}\n`, ...items]
}

function summaryOf(run: CheckRun, rows: readonly Row[]): string {
  const known = rows.filter(row => standingOf(row) === 'known').length
  const unexpected = rows.filter(row => !row.asExpected).length + run.missing.length
  return [
    `${many(run.results.length, 'scenario')}, ${unexpected === 0 ? 'nothing unexpected' : `**${unexpected} not as expected**`}`,
    ...(known > 0 ? [many(known, 'known violation')] : []),
    ...(run.errors.length > 0 ? [many(run.errors.length, 'error')] : []),
    ...(run.interrupted ? ['interrupted'] : []),
    `exit code ${run.exit}`,
  ].join(', ')
}

const TABLE_HEAD = [
  `| | scenario | kernel | states | ${VERDICTS.join(' | ')} |`,
  `|---|---|---|---:|${VERDICTS.map(() => '---:|').join('')}`,
].join('\n')

function tableLine(rows: readonly Row[]): string {
  const [first] = rows
  if (!first) return ''
  const sign = rows.some(row => !row.asExpected) ? '✗' : rows.some(row => row.verdict === 'inconclusive') ? '?' : '✓'
  const tally = VERDICTS.map(verdict => rows.filter(row => row.verdict === verdict).length)
  const cells = [sign, code(first.scenario), code(kernelName(first)), count(first.states), ...tally]
  return `| ${cells.join(' | ')} |`
}

function problemOf(row: Row): string {
  switch (standingOf(row)) {
    case 'missing':
      return `a violation is expected, and there is none: ${row.note}`
    case 'untested':
      return 'had no chance to fail, though the scenario exercises it'
    default:
      return `${row.verdict}: ${row.limit}`
  }
}

function unexpectedText(row: Row): string {
  const { counterexample } = row
  if (counterexample) return violationText(counterexample)
  return `- ${nameOf(row)}: violated after ${many(row.steps ?? 0, 'step')}`
}

function violationText(found: Counterexample): string {
  const lines = counterexampleText(found, { width: 80 })
  const longest = Math.max(2, ...lines.flatMap(line => (line.match(/`+/g) ?? []).map(run => run.length)))
  const fence = '`'.repeat(longest + 1)
  return `#### ${nameOf(found)}\n\n${prose(found.claim)}\n\n${fence}text\n${lines.join('\n')}\n${fence}`
}

/** Folded away; whole or not at all. */
function knownText(rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  const items = rows.map(row => `- ${nameOf(row)}, ${many(row.steps ?? 0, 'step')}: ${prose(row.note)}`)
  const summary = `<details><summary>${many(rows.length, 'known violation')}</summary>`
  return [`\n${summary}\n\n${items.join('\n')}\n\n</details>`]
}

function nameOf(row: Pick<Row, 'scenario' | 'property' | 'kernel' | 'patches'>): string {
  return `${code(row.scenario)} ${code(row.property)} on ${code(kernelName(row))}`
}

/** A name, in which no Markdown, no HTML and no reference to a person or an issue is found. */
function code(text: string): string {
  return `<code>${prose(text)}</code>`
}

/** Text that says nothing to a reader of Markdown but itself. */
function prose(text: string): string {
  return printable(text)
    .replace(/[^\p{L}\p{N}\p{P} +=→]|[<>&|\\@#]/gu, sign => `&#${sign.codePointAt(0)};`)
    .replace(/[_*~[\]{}!`]/g, '\\$&')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\b(www)\./gi, '$1&#46;')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^[+=-]/, '\\$&')
    .replace(/&#(?:64|35);/g, '$&&#8288;')
}

/** The pieces, line by line, as far as they fit. */
function joined(pieces: readonly string[], most: number): string {
  const left = (n: number) => `\n…\n\nThe report was cut here: it is longer than fits. Left out: ${many(n, 'part')}.\n`
  const room = most - Buffer.byteLength(left(pieces.length))
  let text = ''
  let size = 0
  for (const [i, piece] of pieces.entries()) {
    size += Buffer.byteLength(piece) + 1
    if (size > room) return text + left(pieces.length - i)
    text += `${piece}\n`
  }
  return text
}
