import { join } from 'node:path'
import type { ScenarioResult } from '../check/check-scenario.js'
import { fileNameOf, serialise, writeWhole } from '../check/counterexample-file.js'
import { neverTested, type Row, rowsOf } from '../check/rows.js'
import { count } from '../check/verdict.js'
import { UsageError } from '../errors.js'
import { named } from '../project/project.js'
import { scenarioText } from '../report/check-text.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import type { ExploreFlags } from './options.js'
import { Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

interface CheckFlags extends ExploreFlags {
  readonly kernel: readonly string[]
  readonly patch: readonly string[]
  readonly property: readonly string[]
  readonly out?: string
  readonly strict?: boolean
  readonly verbose?: boolean
  readonly expectations?: string
}

/** `foliocheck check`: scenarios × properties on one or more kernels. */
export async function check(scenarios: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  const session = await Session.open(flags, flags.expectations)
  try {
    const kernels = chosenKernels(session, flags.kernel)
    const jobs = (
      await Promise.all(
        kernels.map(kernel => session.jobs(scenarios, kernel, flags.patch, { properties: flags.property })),
      )
    ).flat()
    if (jobs.length === 0)
      throw new UsageError('check', 'has no scenario to look at', 'see `foliocheck list scenarios`')
    const results = await session.run(jobs)
    const rows = results.map(result =>
      rowsOf(result, named('scenario', session.project.scenarios, result.scenario), session.expectations),
    )
    if (flags.out !== undefined) keep(rows.flat(), flags.out)
    if (flags.json) printJson({ results: rows.flat() })
    else printText(results, rows, flags)
    const unexercised = neverTested(rows.flat(), session.project.properties)
    return exitCode(rows.flat(), flags.strict ?? false, unexercised, session.pool.interrupted)
  } finally {
    await session.close()
  }
}

function chosenKernels(session: Session, names: readonly string[]): string[] {
  if (names.includes('all')) return session.project.kernels.map(kernel => kernel.name)
  return names.length === 0 ? [session.kernelName(undefined)] : names.map(name => session.kernelName(name))
}

function keep(rows: readonly Row[], folder: string): void {
  for (const { counterexample } of rows) {
    if (counterexample) writeWhole(join(folder, fileNameOf(counterexample)), serialise(counterexample))
  }
}

function printText(results: readonly ScenarioResult[], rows: readonly (readonly Row[])[], flags: CheckFlags): void {
  const width = reportWidth()
  results.forEach((result, i) => {
    print([...scenarioText(rows[i], result, width, flags.verbose ?? false), ''])
  })
  const all = rows.flat()
  const tally = new Map<string, number>()
  for (const row of all) tally.set(row.verdict, (tally.get(row.verdict) ?? 0) + 1)
  const states = results.reduce((sum, result) => sum + result.exploration.states, 0)
  const unexpected = all.filter(row => !row.asExpected).length
  const known = all.filter(row => row.verdict === 'violated' && row.asExpected).length
  print([
    `  ${results.length} scenarios × ${new Set(all.map(row => row.property)).size} properties: ${[...tally].map(([verdict, n]) => `${n} ${verdict}`).join(', ')}`,
    `  ${count(states)} states in all; ${unexpected === 0 ? 'all as expected' : `${unexpected} not as expected`}${known > 0 ? `, ${known} of them known violations (foliocheck list known)` : ''}`,
  ])
}

/** A violation outweighs a vacuous property, and that an inconclusive one. */
export function exitCode(
  rows: readonly Row[],
  strict: boolean,
  unexercised: readonly string[],
  interrupted: boolean,
): ExitCode {
  const vacuous = (row: Row) => !row.asExpected && row.verdict === 'vacuous'
  if (rows.some(row => !row.asExpected && !vacuous(row))) return EXIT.violated
  if (rows.some(vacuous) || (strict && unexercised.length > 0)) return EXIT.vacuous
  if (interrupted || rows.some(row => row.verdict === 'inconclusive')) return EXIT.inconclusive
  return strict && rows.some(row => row.verdict === 'holds up to') ? EXIT.inconclusive : EXIT.ok
}
