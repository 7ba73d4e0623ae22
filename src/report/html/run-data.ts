import type { ScenarioResult } from '../../check/check-scenario.js'
import type { Row } from '../../check/rows.js'
import type { Verdict } from '../../check/verdict.js'
import { count, many } from '../../numbers.js'
import { type Remark, type RunData, type ScenarioData, VERDICTS } from '../../page/data.js'
import { builtInModel } from '../../project/built-in.js'
import type { CheckRun } from '../check-run.js'
import { savings } from '../check-text.js'
import { printable } from '../wrap.js'
import { coverageDataOf } from './coverage-data.js'
import { Kept } from './kept.js'
import { kernelText } from './story.js'

/** What an exit code says. */
const EXITS: Readonly<Record<number, string>> = {
  0: 'all as expected',
  1: 'violated, or an expected violation is missing',
  2: 'inconclusive',
  3: 'vacuous where it should not be',
}

const LETTERS = Object.fromEntries(Object.entries(VERDICTS).map(([letter, verdict]) => [verdict, letter])) as Readonly<
  Record<Verdict, string>
>

/** A run as the page shows it; `storyOf` gives the number of a row's story. */
export function runDataOf(run: CheckRun, storyOf: (row: Row) => number | undefined): RunData {
  const rows = run.rows.flat()
  const names = [...new Set(rows.map(row => row.property))]
  const places = new Map(names.map((name, i) => [name, i]))
  const texts = new Kept<string>()
  const claims = new Map(run.project.properties.map(({ name, claim }) => [name, claim]))
  return {
    model: printable(builtInModel(run.model)?.name ?? run.model ?? ''),
    summary: summaryOf(run, rows),
    exit: `exit code ${run.exit}: ${run.errors.length > 0 ? 'something could not be checked' : (EXITS[run.exit] ?? '')}`,
    properties: names.map(name => ({ name: printable(name), claim: printable(claims.get(name) ?? '') })),
    scenarios: run.results.map((result, i) =>
      scenarioOf(run, result, run.rows[i], places, row => remarkOf(row, storyOf(row), texts), texts),
    ),
    texts: texts.all,
    coverage: run.coverage.map(coverageDataOf),
    failures: [
      ...run.errors.map(error => printable(error.message)),
      ...run.missing.map(({ scenario, property, note }) =>
        printable(`${scenario} / ${property} was expected to be violated somewhere: ${note}`),
      ),
    ],
  }
}

function summaryOf(run: CheckRun, rows: readonly Row[]): string[] {
  const tally = (verdict: Verdict) => rows.filter(row => row.verdict === verdict).length
  const unexpected = rows.filter(row => !row.asExpected).length
  const known = rows.filter(row => row.asExpected && row.verdict === 'violated').length
  const states = run.results.reduce((sum, result) => sum + result.exploration.states, 0)
  const verdicts = Object.values(VERDICTS).flatMap(verdict =>
    tally(verdict) === 0 ? [] : [`${count(tally(verdict))} ${verdict}`],
  )
  return [
    `${many(run.results.length, 'scenario')}, ${many(rows.length, 'verdict')}: ${verdicts.join(', ')}.`,
    `${many(states, 'state')} in all. ${unexpected === 0 ? 'All as expected' : `${count(unexpected)} not as expected`}${known === 0 ? '.' : `; ${many(known, 'violation is known and has its reason', 'violations are known and have their reasons')}.`}`,
    ...(run.interrupted ? ['The run was interrupted: what was not searched is inconclusive.'] : []),
  ]
}

function scenarioOf(
  run: CheckRun,
  result: ScenarioResult,
  rows: readonly Row[],
  places: ReadonlyMap<string, number>,
  remark: (row: Row) => Remark | undefined,
  texts: Kept<string>,
): ScenarioData {
  const verdicts = Array.from({ length: places.size }, () => ' ')
  const remarks: Record<number, Remark> = {}
  for (const row of rows) {
    const place = places.get(row.property) ?? 0
    verdicts[place] = LETTERS[row.verdict]
    const said = remark(row)
    if (said) remarks[place] = said
  }
  const made = run.project.scenarios.find(({ name }) => name === result.scenario)
  const { exploration } = result
  return {
    name: printable(result.scenario),
    about: printable(made?.about ?? ''),
    kernel: kernelText({ ...result, storeOrder: result.storeOrder === 'sc' ? undefined : result.storeOrder }),
    threads: (made?.threads ?? []).map(({ name, actions }) =>
      texts.placeOf(printable(`${name}: ${actions.map(({ callee }) => callee.name).join(', ')}`)),
    ),
    verdicts: verdicts.join(''),
    remarks,
    how: printable(
      [
        ...new Set([
          exploration.strategy,
          exploration.exact ? 'exact' : 'not exact',
          ...savings(exploration.reduction),
        ]),
      ].join(', '),
    ),
    states: exploration.states,
    transitions: exploration.transitions,
    depth: Math.max(0, exploration.levels - 1),
    seconds: Number(exploration.seconds.toFixed(2)),
    dead: result.dead.map(({ operation, label }) => texts.placeOf(printable(`${operation}: ${label}`))),
  }
}

/** What there is to say of a verdict beyond its letter, if anything. */
function remarkOf(row: Row, story: number | undefined, texts: Kept<string>): Remark | undefined {
  const remark = {
    ...(row.limit !== '' && { limit: texts.placeOf(printable(row.limit)) }),
    ...(row.expected === 'violated' && { note: texts.placeOf(printable(row.note)) }),
    ...(story !== undefined && { story }),
    ...(row.steps !== null && { steps: row.steps }),
    ...(!row.asExpected && { unexpected: true }),
  }
  return Object.keys(remark).length > 0 ? remark : undefined
}
