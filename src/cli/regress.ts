import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { ScenarioResult } from '../check/check-scenario.js'
import { readCounterexample } from '../check/counterexample-file.js'
import type { Bug } from '../check/expectations.js'
import { errorsOf, type Outcome, resultsOf } from '../check/outcome.js'
import { type JudgedRegression, judgeRegression } from '../check/regress-bug.js'
import { replayCounterexample } from '../check/replay-counterexample.js'
import { writeCounterexample } from '../check/write-counterexample.js'
import { FileError, reasonOf, UsageError } from '../errors.js'
import { many } from '../numbers.js'
import { didYouMean } from '../program/suggest.js'
import { kernelWith } from '../project/load.js'
import { packageRoot } from '../project/package-root.js'
import { paragraph, printable } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { builtInIndex } from './expectations.js'
import { throwAll } from './failures.js'
import type { ExploreFlags } from './options.js'
import { type CheckJob, Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

interface RegressFlags extends ExploreFlags {
  readonly index?: string
  readonly record?: boolean
}

/** A bug with the searches before and after its fix. */
interface Case {
  readonly bug: Bug
  readonly before: CheckJob
  readonly after: CheckJob
}

/** `foliocheck regress`: exit code 1 when a bug is not found before its fix, or not proved gone after it. */
export async function regress(ids: readonly string[], flags: RegressFlags): Promise<ExitCode> {
  const index = flags.index ?? builtInIndex(flags.model)
  if (index === undefined) {
    throw new UsageError('regress', 'does not know the bugs of your models', 'give their index with --index')
  }
  const session = await Session.open(flags, index)
  const cases = await Promise.all(chosenBugs(session.expectations.bugs, ids).map(bug => caseOf(session, bug, index)))
  const outcomes = await session.run(cases.flatMap(({ before, after }) => [before, after]))
  const judged = await Promise.all(
    cases.map(({ bug }, i) => judge(session, bug, index, outcomes.slice(2 * i, 2 * i + 2), flags.record ?? false)),
  )
  const results = resultsOf(judged)
  if (flags.json) printJson({ bugs: results.map(({ regression }) => regression) })
  else if (results.length > 0) printText(results)
  throwAll([...errorsOf(outcomes), ...errorsOf(judged)])
  if (session.pool.interrupted) return EXIT.inconclusive
  const open = results.filter(({ regression: { before, after } }) =>
    [before.verdict, after.verdict].includes('inconclusive'),
  )
  if (results.some(result => result.problems.length > 0 && !open.includes(result))) return EXIT.violated
  return open.length > 0 ? EXIT.inconclusive : EXIT.ok
}

/** @throws UsageError when nothing is chosen: a check that looks at nothing must not pass. */
function chosenBugs(bugs: readonly Bug[], ids: readonly string[]): readonly Bug[] {
  const all = bugs.map(bug => bug.id)
  for (const id of ids) {
    if (!all.includes(id))
      throw new UsageError(`bug '${id}'`, 'is not in the index', didYouMean(id, all, 'see `foliocheck list bugs`'))
  }
  const chosen = ids.length === 0 ? bugs : bugs.filter(bug => ids.includes(bug.id))
  if (chosen.length === 0) throw new UsageError('regress', 'has no bugs to look at', 'add some to the index')
  return chosen
}

/** @throws FileError when the index names what is not there, ModelError when a patch does not apply. */
async function caseOf(session: Session, bug: Bug, index: string): Promise<Case> {
  const properties = [bug.property]
  try {
    const [before] = await session.jobs([bug.scenario], bug.before.kernel, bug.before.patches, {
      properties,
      until: properties,
    })
    const [after] = await session.jobs([bug.scenario], bug.after.kernel, bug.after.patches, { properties })
    return { bug, before, after }
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    throw new FileError(index, `the bug ${bug.id} names ${thrown.object}, which ${thrown.reason}`, thrown.next)
  }
}

/** Judges one bug, against its recorded counterexample. Errors are of the file or the models, not of the bug. */
async function judge(
  session: Session,
  bug: Bug,
  index: string,
  [before, after]: readonly Outcome<ScenarioResult>[],
  record: boolean,
): Promise<Outcome<JudgedRegression>> {
  // Told with the other outcomes.
  if (!before.ok) return before
  if (!after.ok) return after
  const file = join(dirname(index), `${bug.id}.json`)
  const shown = file.startsWith(packageRoot()) ? relative(packageRoot(), file) : file
  try {
    const found = before.result.properties[0].counterexample
    // What an interrupt left may not be the smallest.
    if (record && found && !session.pool.interrupted) writeCounterexample(file, found)
    const recorded = existsSync(file) ? readCounterexample(file) : undefined
    const judged = judgeRegression(bug, shown, before.result, after.result, recorded)
    if (!recorded) return { ok: true, result: judged }
    const kernel = await kernelWith(session.project, bug.before.kernel, bug.before.patches)
    const again = replayCounterexample(session.project, kernel, recorded)
    const problems = again.happens ? [] : [`${shown} does not replay: ${again.reason}`]
    return { ok: true, result: { ...judged, problems: [...judged.problems, ...problems] } }
  } catch (thrown) {
    return { ok: false, error: thrown instanceof Error ? thrown : new Error(reasonOf(thrown)) }
  }
}

function printText(judged: readonly JudgedRegression[]): void {
  const width = reportWidth()
  for (const { regression, problems } of judged) {
    const { id, property, before, after } = regression
    const sign = problems.length === 0 ? '✓' : '✗'
    const size =
      before.steps === null
        ? ''
        : ` after ${many(before.steps, 'step')}, ${many(before.preemptions ?? 0, 'preemption')}`
    print([
      `${sign} ${id}   ${property}`,
      `  before  ${[before.kernel, ...before.patches].join(' + ')}: ${before.verdict}${size}`,
      `  after   ${[after.kernel, ...after.patches].join(' + ')}: ${after.verdict}, ${many(after.states, 'state')}`,
      ...problems.flatMap(problem => paragraph('  problem ', printable(problem), width)),
    ])
  }
  const bad = judged.filter(({ problems }) => problems.length > 0).length
  const bugs = many(judged.length, 'bug')
  print([
    '',
    bad === 0 ? `  ${bugs}: each found before its fix and proved gone after it` : `  ${bad} of ${bugs} not as expected`,
  ])
}
