import type { ScenarioResult } from '../check/check-scenario.js'
import type { Finding } from '../check/expectations.js'
import { errorsOf, type Outcome, resultsOf } from '../check/outcome.js'
import type { Row } from '../check/rows.js'
import { byFinding, type Remedy, remedyOf, type ToldFinding } from '../check/told-finding.js'
import { UsageError } from '../errors.js'
import { findingsText } from '../report/findings-text.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { throwAll } from './failures.js'
import type { ExploreFlags } from './options.js'
import { Session } from './session.js'
import { print, printJson } from './terminal.js'

interface FindingsFlags extends ExploreFlags {
  readonly kernel?: string
  readonly expectations?: string
}

/** `foliocheck findings`: exit code 1 when some violation belongs to no finding. */
export async function findings(flags: FindingsFlags): Promise<ExitCode> {
  const session = await Session.open(flags, flags.expectations)
  const kernel = session.kernelName(flags.kernel)
  const rows = await check(session, kernel, [])
  if (rows.length === 0)
    throw new UsageError('findings', 'has no scenario to look at', 'see `foliocheck list scenarios`')
  const { told, others } = byFinding(rows, session.expectations)
  const full: ToldFinding[] = []
  for (const { finding, rows: own } of told) {
    full.push({ finding, rows: own, ...(await detail(session, kernel, finding, own)) })
  }
  if (flags.json) printJson({ kernel, findings: full.map(asJson), others: others.map(violation) })
  else print(findingsText({ kernel, told: full, others, rows }))
  if (session.pool.interrupted) return EXIT.inconclusive
  return others.length > 0 ? EXIT.violated : EXIT.ok
}

/** The smallest violation of a finding in full, and what its patches leave of all of them. */
async function detail(
  session: Session,
  kernel: string,
  finding: Finding,
  rows: readonly Row[],
): Promise<{ trace: ToldFinding['trace']; remedy: Remedy | undefined }> {
  const [smallest] = rows
  const only = { properties: [smallest.property], until: [smallest.property] }
  const outcomes = await session.run(await session.jobs([smallest.scenario], kernel, [], only))
  throwAll(errorsOf(outcomes))
  const trace = resultsOf(outcomes)[0]?.properties[0]?.counterexample
  if (finding.patches.length === 0) return { trace, remedy: undefined }
  const scenarios = [...new Set(rows.map(row => row.scenario))]
  const properties = [...new Set(rows.map(row => row.property))]
  const after = await check(session, kernel, finding.patches, scenarios, properties)
  return { trace, remedy: remedyOf(finding.patches, rows, after) }
}

async function check(
  session: Session,
  kernel: string,
  patches: readonly string[],
  scenarios: readonly string[] = [],
  properties: readonly string[] = [],
): Promise<Row[]> {
  const jobs = await session.jobs(scenarios, kernel, patches, { properties })
  // Which violations are told in full is decided when all are known.
  const outcomes: Outcome<ScenarioResult>[] = await session.run(jobs.map(job => ({ ...job, explained: 0 })))
  throwAll(errorsOf(outcomes))
  return resultsOf(outcomes).flatMap(result => session.rowsOf(result))
}

function violation({ scenario, property, steps }: Row): object {
  return { scenario, property, steps }
}

function asJson({ finding, rows, trace, remedy }: ToldFinding): object {
  return {
    ...finding,
    violated: rows.map(violation),
    left: remedy?.left.map(violation) ?? null,
    counterexample: trace ?? null,
  }
}
