import type { PropertyResult } from '../check/check-scenario.js'
import { type Cell, compareResults, isNew } from '../check/compare-results.js'
import { errorsOf, resultsOf } from '../check/outcome.js'
import { UsageError } from '../errors.js'
import { compareText } from '../report/compare-text.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { throwAll } from './failures.js'
import { Keeper } from './keeper.js'
import type { ExploreFlags } from './options.js'
import { replayHint } from './replay-hint.js'
import { type CheckJob, Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

interface CompareFlags extends ExploreFlags {
  readonly kernel?: string
  readonly patch: readonly string[]
  readonly base: readonly string[]
  readonly property: readonly string[]
  readonly out?: string
}

/** `foliocheck compare`: exit code 1 when the patch breaks something. */
export async function compare(scenarios: readonly string[], flags: CompareFlags): Promise<ExitCode> {
  if (flags.patch.length === 0) throw new UsageError('compare', 'needs a patch', 'name one with --patch')
  const session = await Session.open(flags)
  const kernel = session.kernelName(flags.kernel)
  const jobs = await jobsOf(session, kernel, scenarios, flags)
  const keeper = flags.out === undefined ? undefined : new Keeper(flags.out)
  const outcomes = await session.run(jobs.flatMap(pair => [pair.before, pair.after]))
  const cells = jobs.flatMap((_, i) => {
    const before = outcomes[2 * i]
    const after = outcomes[2 * i + 1]
    return before.ok && after.ok ? compareResults(before.result, after.result) : []
  })
  for (const cell of cells) if (isNew(cell) && cell.after.counterexample) keeper?.keep(cell.after.counterexample)
  const exact = resultsOf(outcomes).every(result => result.exploration.exact)
  if (flags.json) printJson({ kernel, base: flags.base, patches: flags.patch, exact, cells: cells.map(shapeOf) })
  else if (cells.length > 0) {
    const title = `kernel ${[kernel, ...flags.base].join(' + ')}, before and after ${flags.patch.join(', ')}`
    const replay = (cell: Cell) => {
      const file = cell.after.counterexample && keeper?.fileOf(cell.after.counterexample)
      return file ? replayHint(file, flags) : undefined
    }
    print(compareText(title, cells, { width: reportWidth(), exact, replay }))
  }
  throwAll([...errorsOf(outcomes), ...(keeper?.errors ?? [])])
  if (cells.some(cell => cell.effect === 'broken')) return EXIT.violated
  return session.pool.interrupted || cells.some(cell => cell.effect === 'not decided') ? EXIT.inconclusive : EXIT.ok
}

/** The jobs of every scenario that applies before and after the patch. @throws UsageError when there is none */
async function jobsOf(
  session: Session,
  kernel: string,
  scenarios: readonly string[],
  flags: CompareFlags,
): Promise<{ readonly before: CheckJob; readonly after: CheckJob }[]> {
  const properties = { properties: flags.property }
  const before = await session.jobs(scenarios, kernel, flags.base, properties)
  // Whatever turns out to be broken is told in full.
  const explained = Number.MAX_SAFE_INTEGER
  const after = await session.jobs(scenarios, kernel, [...flags.base, ...flags.patch], { ...properties, explained })
  const pairs = before.flatMap(job => {
    const same = after.find(other => other.scenario === job.scenario)
    return same ? [{ before: job, after: same }] : []
  })
  if (pairs.length > 0) return pairs
  throw new UsageError('compare', 'has no scenario to look at', 'see `foliocheck list scenarios`')
}

/** A cell in the shape of `compare --json`. */
function shapeOf({ scenario, property, effect, before, after }: Cell): unknown {
  return { scenario, property, effect, before: sideOf(before), after: sideOf(after) }
}

function sideOf({ property, verdict, limit, witness, steps, counterexample }: PropertyResult): unknown {
  return {
    property,
    verdict,
    limit,
    witness: witness ?? null,
    steps: steps ?? null,
    counterexample: counterexample ?? null,
  }
}
