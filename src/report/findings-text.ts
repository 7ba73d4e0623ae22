import type { Row } from '../check/rows.js'
import type { Remedy, ToldFinding } from '../check/told-finding.js'
import { many } from '../numbers.js'
import { counterexampleText } from './counterexample-text.js'
import { paragraph, printable, wrap } from './wrap.js'

/** Columns of the page, and of the traces in it: what a mail takes. */
const WIDTH = 100

/** What a page of findings is made of. */
export interface FindingsPage {
  readonly kernel: string
  readonly told: readonly ToldFinding[]
  /** Violations that belong to no finding. */
  readonly others: readonly Row[]
  /** Every row of the check. */
  readonly rows: readonly Row[]
}

/** The page in Markdown: every finding with its violations and its smallest trace, then what no finding explains. */
export function findingsText(page: FindingsPage): string[] {
  return [...summary(page), ...page.told.flatMap(told => findingText(told)), ...othersText(page.others)]
}

function summary({ kernel, told, others, rows }: FindingsPage): string[] {
  const scenarios = new Set(rows.map(row => row.scenario)).size
  const properties = new Set(rows.map(row => row.property)).size
  const tally = (verdict: Row['verdict']) => rows.filter(row => row.verdict === verdict).length
  const verdicts = (['proved', 'violated', 'holds up to', 'inconclusive', 'vacuous'] as const)
    .filter(verdict => tally(verdict) > 0)
    .map(verdict => `${tally(verdict)} ${verdict}`)
  const searched = `${many(scenarios, 'scenario')} × ${many(properties, 'property', 'properties')} on ${kernel}: ${verdicts.join(', ')}.`
  const explained = tally('violated') - others.length
  const rest = others.length === 0 ? '' : `${many(others.length, 'violation')}, of which no finding tells the cause.`
  const causes = told.length === 0 ? '' : `${many(explained, 'violation')} of ${many(told.length, 'cause')}:`
  return [
    ...wrap(searched, WIDTH),
    '',
    ...(causes === '' ? [] : [causes, '', ...told.map(link), '']),
    ...(rest === '' ? [] : [rest, '']),
  ]
}

function link({ finding }: ToldFinding): string {
  return `- [${plain(finding.title)}](#${anchor(finding.title)})`
}

function findingText({ finding, rows, trace, remedy }: ToldFinding): string[] {
  return [
    `## ${plain(finding.title)}`,
    '',
    ...wrap(plain(finding.about), WIDTH),
    '',
    'It rests on:',
    '',
    ...finding.steps.flatMap(step => paragraph('- ', plain(step), WIDTH)),
    '',
    ...wrap(`Harmless if: ${plain(finding.harmless)}`, WIDTH),
    '',
    ...wrap(`What would confirm it: ${plain(finding.confirm)}`, WIDTH),
    '',
    ...(remedy ? [...wrap(remedyText(remedy), WIDTH), ''] : []),
    ...table(rows),
    '',
    ...(trace ? fenced(counterexampleText(trace, { width: WIDTH })) : []),
    '',
  ]
}

function remedyText({ patches, gone, left }: Remedy): string {
  const names = patches.map(name => `\`${name}\``).join(' with ')
  if (left.length === 0) return `Removed by ${names}: none of the ${many(gone.length, 'violation')} below is left.`
  const rest = left.map(row => `${row.property} in ${row.scenario}`).join(', ')
  return `With ${names}, ${gone.length} of the ${gone.length + left.length} violations below are gone; left: ${rest}.`
}

/** Scenarios with the properties violated in them, and the steps of the shortest. */
function table(rows: readonly Row[]): string[] {
  const scenarios = [...new Set(rows.map(row => row.scenario))]
  return [
    '| scenario | steps | violated |',
    '|---|---|---|',
    ...scenarios.map(scenario => {
      const own = rows.filter(row => row.scenario === scenario)
      return `| ${cell(scenario)} | ${own[0].steps ?? ''} | ${own.map(row => cell(row.property)).join(', ')} |`
    }),
  ]
}

function othersText(others: readonly Row[]): string[] {
  if (others.length === 0) return []
  return ['## Not explained', '', ...table(others), '']
}

/** A block of code; its fence is longer than any in it. */
function fenced(lines: readonly string[]): string[] {
  const ticks = lines.flatMap(line => line.match(/`+/g) ?? []).map(run => run.length)
  const fence = '`'.repeat(Math.max(3, ...ticks.map(length => length + 1)))
  return [`${fence}text`, ...lines.map(line => line.trimEnd()), fence]
}

/** Text of an index that can neither start markup of HTML nor leave its line. */
function plain(text: string): string {
  return printable(text).replaceAll('<', '&lt;')
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|')
}

/** How a heading is called in a link, on GitHub and most others. */
function anchor(title: string): string {
  return printable(title)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}
