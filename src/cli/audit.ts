import type { Audit } from '../check/audit.js'
import type { AuditTask } from '../check/audit-task.js'
import { errorsOf, resultsOf } from '../check/outcome.js'
import { Pool } from '../check/pool.js'
import { UsageError } from '../errors.js'
import { count, many } from '../numbers.js'
import { paragraph } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { throwAll } from './failures.js'
import { runShown } from './run-shown.js'
import type { CheckJob, Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

/** States up to which a scenario is small enough to be checked in every way. */
const MOST = 10_000

/** `foliocheck check --audit`: exit code 1 when two ways to search disagree. @throws UsageError when all is too large */
export async function auditJobs(session: Session, jobs: readonly CheckJob[]): Promise<ExitCode> {
  const { flags } = session
  const most = flags.states ?? MOST
  const pool = new Pool<AuditTask, Audit>(
    new URL('../check/audit-task.js', import.meta.url),
    job => `scenario ${job.scenario}`,
    flags.jobs,
  )
  const outcomes = await runShown(
    pool,
    jobs.map(job => ({ ...job, threads: 1, most })),
    { nameOf: job => job.scenario, faultsOf: ({ disagreements }) => disagreements },
    { quiet: flags.quiet },
  )
  const audits = resultsOf(outcomes)
  if (flags.json) printJson({ audits })
  else tell(audits, most)
  throwAll(errorsOf(outcomes))
  if (audits.some(({ disagreements }) => disagreements.length > 0)) return EXIT.violated
  if (pool.interrupted) return EXIT.inconclusive
  if (audits.some(({ large }) => !large)) return EXIT.ok
  throw new UsageError('check --audit', `has no scenario of up to ${count(most)} states`, 'raise --states')
}

function tell(audits: readonly Audit[], most: number): void {
  const width = reportWidth()
  for (const { scenario, states, disagreements } of audits) {
    if (disagreements.length === 0) continue
    print([`✗ ${scenario}   ${many(states, 'state')}`])
    for (const what of disagreements) print(paragraph('    ', what, width))
  }
  const small = audits.filter(({ large }) => !large)
  const modes = new Map<string, number>()
  for (const mode of small.flatMap(({ modes }) => modes)) modes.set(mode, (modes.get(mode) ?? 0) + 1)
  const wrong = small.filter(({ disagreements }) => disagreements.length > 0).length
  const left = audits.length - small.length
  print([
    `  ${many(small.length, 'scenario')} of up to ${many(most, 'state')} checked in every way${left > 0 ? `, ${count(left)} larger ones not` : ''}: ${wrong === 0 ? 'all agree' : `${count(wrong)} disagree`}`,
    ...paragraph('  ', [...modes].map(([mode, n]) => `${mode} ${count(n)}`).join(', '), width),
  ])
}
