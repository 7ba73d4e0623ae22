import type { ScenarioResult } from '../check/check-scenario.js'
import type { Known } from '../check/expectations.js'
import { kernelCoverage } from '../check/kernel-coverage.js'
import { errorsOf, type Outcome, resultsOf } from '../check/outcome.js'
import { missingKnown, neverTested, type Row } from '../check/rows.js'
import { UsageError } from '../errors.js'
import { many } from '../numbers.js'
import type { CheckRun } from '../report/check-run.js'
import { scenarioText } from '../report/check-text.js'
import { coverageText, deadText } from '../report/coverage-text.js'
import { paragraph, printable } from '../report/wrap.js'
import { auditJobs } from './audit.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { exitCodeOf, throwAll } from './failures.js'
import { onGithub, stopCommands, tellGithub } from './github.js'
import { InOrder } from './in-order.js'
import { Keeper } from './keeper.js'
import type { ExploreFlags } from './options.js'
import { replayHint } from './replay-hint.js'
import { reportFilesOf, writeReports } from './report-files.js'
import { type Round, unchangedText } from './round.js'
import { type CheckJob, Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

/** Options of `check`. */
export interface CheckFlags extends ExploreFlags {
  readonly kernel: readonly string[]
  readonly patch: readonly string[]
  readonly property: readonly string[]
  readonly out?: string
  readonly report: readonly string[]
  readonly github?: boolean
  readonly strict?: boolean
  readonly verbose?: boolean
  readonly brief?: boolean
  readonly coverage?: boolean
  readonly audit?: boolean
  readonly watch?: boolean
  readonly expectations?: string
}

/**
 * `foliocheck check`: scenarios × properties on one or more kernels.
 * @param round of `--watch`: knows what need not be done again.
 */
export async function check(scenarios: readonly string[], flags: CheckFlags, round?: Round): Promise<ExitCode> {
  const reports = reportFilesOf(flags.report)
  const session = await Session.open(flags, flags.expectations)
  const all = await jobsOf(session, scenarios, flags)
  const jobs = round ? await round.needed(session, all) : all
  if (flags.audit) return auditJobs(session, jobs)
  const keeper = flags.out === undefined ? undefined : new Keeper(flags.out)
  const replay = (row: Row) => {
    const file = row.counterexample && keeper?.fileOf(row.counterexample)
    return file ? replayHint(file, flags) : undefined
  }
  const github = flags.github ?? onGithub()
  const resume = github && !flags.json ? stopCommands() : () => undefined
  const report = new InOrder<Outcome<ScenarioResult>>(outcome => {
    if (outcome.ok && !flags.json) printResult(outcome.result, session.rowsOf(outcome.result), flags, replay)
  })
  const outcomes = await session.run(
    jobs,
    {
      finished: (_, outcome, number) => {
        if (outcome.ok) {
          for (const { counterexample } of outcome.result.properties) if (counterexample) keeper?.keep(counterexample)
        }
        report.add(number, outcome)
      },
    },
    result => session.rowsOf(result).flatMap(row => (row.asExpected ? [] : [row.property])),
  )
  const results = resultsOf(outcomes)
  const rows = results.map(result => session.rowsOf(result))
  const unchanged = round?.unchanged ?? []
  results.forEach((result, i) => {
    round?.keep(result, rows[i])
  })
  const told = [...rows.flat(), ...unchanged]
  const everything = scenarios.length === 0 && flags.property.length === 0
  const missing = everything ? missingKnown(session.expectations, told) : []
  const coverage = kernelCoverage(results, session.expectations.dead)
  const dead =
    everything && flags.strict && unchanged.length === 0 ? coverage.flatMap(of => deadText(of, reportWidth())) : []
  if (flags.json) printJson({ results: rows.flat(), missing, ...(flags.coverage && { coverage }) })
  else if (told.length > 0) {
    for (const of of flags.coverage ? coverage : []) print([...coverageText(of, reportWidth()), ''])
    if (dead.length > 0) print(dead)
    printSummary(results, told, missing, flags, unchangedText(unchanged))
  }
  resume()
  const unexercised = neverTested(told, session.project.properties)
  const { interrupted } = session.pool
  const untested = unexercised.length > 0 || dead.length > 0
  const exit = exitCode(told, missing, flags.strict ?? false, untested, interrupted)
  const errors = [...errorsOf(outcomes), ...(keeper?.errors ?? [])]
  const run: CheckRun = {
    project: session.project,
    kernels: await session.kernels(jobs),
    model: flags.model,
    replay,
    results,
    rows,
    missing,
    coverage,
    unexercised,
    errors,
    interrupted,
    exit: errors.length === 0 ? exit : Math.max(...errors.map(exitCodeOf)),
  }
  const failed = writeReports(reports, run)
  if (github) failed.push(...tellGithub(run, flags.json ?? false))
  throwAll([...errors, ...failed])
  return exit
}

/** @throws UsageError when there are none: a check that looks at nothing must not pass. */
async function jobsOf(session: Session, scenarios: readonly string[], flags: CheckFlags): Promise<CheckJob[]> {
  const all = flags.kernel.includes('all')
  const kernels = all
    ? session.project.kernels.map(kernel => kernel.name)
    : (flags.kernel.length === 0 ? [undefined] : flags.kernel).map(name => session.kernelName(name))
  const more = {
    properties: flags.property,
    skip: all,
    coverage: flags.coverage ?? false,
    ...explainedOf(flags),
  }
  const jobs = await Promise.all(
    [...new Set(kernels)].map(kernel => session.jobs(scenarios, kernel, flags.patch, more)),
  )
  if (jobs.flat().length > 0) return jobs.flat()
  throw new UsageError('check', 'has no scenario to look at', 'see `foliocheck list scenarios`')
}

/** How many violations of a scenario are made minimal and told: as files and annotations want them, which tell of all. */
function explainedOf({ brief, report, github = onGithub() }: CheckFlags): Pick<CheckJob, 'explained'> | undefined {
  if (!brief) return report.length > 0 ? { explained: Number.MAX_SAFE_INTEGER } : undefined
  return report.length > 0 || github ? undefined : { explained: 0 }
}

/** Prints what came of one scenario. */
function printResult(
  result: ScenarioResult,
  rows: readonly Row[],
  flags: CheckFlags,
  replay: (row: Row) => string | undefined,
): void {
  const options = { width: reportWidth(), verbose: flags.verbose ?? false, replay }
  const brief = flags.brief && rows.every(row => row.asExpected)
  const lines = brief ? limitText(result, rows, options.width) : [...scenarioText(rows, result, options), '']
  if (lines.length > 0) print(lines.at(-2) === '' ? lines.slice(0, -1) : lines)
}

/** Prints what comes after the scenarios. */
function printSummary(
  results: readonly ScenarioResult[],
  all: readonly Row[],
  missing: readonly Known[],
  flags: CheckFlags,
  unchanged: string,
): void {
  const width = reportWidth()
  for (const { scenario, property, note } of missing) {
    const text = `${scenario} / ${property} was expected to be violated somewhere: ${printable(note)}`
    print(paragraph('✗ missing  ', text, width))
  }
  const tally = new Map<string, number>()
  for (const row of all) tally.set(row.verdict, (tally.get(row.verdict) ?? 0) + 1)
  const verdicts = [...tally].map(([verdict, n]) => `${n} ${verdict}`).join(', ')
  const properties = new Set(all.map(row => row.property)).size
  const states = results.reduce((sum, result) => sum + result.exploration.states, 0)
  // Searches that remember no states are counted by their steps.
  const counted = flags.strategy === 'dpor' || flags.strategy === 'walk' ? 'step' : 'state'
  const unexpected = all.filter(row => !row.asExpected).length
  const known = all.filter(row => row.verdict === 'violated' && row.asExpected).length
  print([
    `  ${many(results.length, 'scenario')} × ${many(properties, 'property', 'properties')}: ${verdicts}${unchanged}`,
    `  ${many(states, counted)} in all; ${unexpected === 0 ? 'all as expected' : `${unexpected} not as expected`}${known > 0 ? `, ${many(known, 'known violation')} (foliocheck list known)` : ''}`,
  ])
}

/** What of a scenario was not searched; nothing where all was. */
function limitText({ scenario, exploration }: ScenarioResult, rows: readonly Row[], width: number): string[] {
  const { stopped, cut, givenUp } = exploration
  if (stopped === undefined && cut.size === 0 && (givenUp?.size ?? 0) === 0) return []
  const limit = rows.find(row => row.limit !== '')?.limit ?? 'limited'
  return paragraph(`~ ${scenario}  `, limit, width)
}

/** A violation outweighs a vacuous property, and that an inconclusive one. */
function exitCode(
  rows: readonly Row[],
  missing: readonly Known[],
  strict: boolean,
  untested: boolean,
  interrupted: boolean,
): ExitCode {
  const unexpected = rows.filter(row => !row.asExpected)
  if (missing.length > 0) return EXIT.violated
  if (unexpected.some(row => row.expected === 'violated' || row.verdict === 'violated')) return EXIT.violated
  if (unexpected.length > 0 || (strict && untested)) return EXIT.vacuous
  if (interrupted || rows.some(row => row.verdict === 'inconclusive')) return EXIT.inconclusive
  return strict && rows.some(row => row.verdict === 'holds up to') ? EXIT.inconclusive : EXIT.ok
}
