import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Counterexample } from '../check/counterexample.js'
import { readCounterexample, serialise, writeWhole } from '../check/counterexample-file.js'
import type { Bug } from '../check/expectations.js'
import { type JudgedRegression, judgeRegression } from '../check/regress-bug.js'
import { replayCounterexample } from '../check/replay-counterexample.js'
import { count } from '../check/verdict.js'
import { UsageError } from '../errors.js'
import { didYouMean } from '../program/suggest.js'
import { kernelWith } from '../project/load.js'
import { paragraph } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import type { ExploreFlags } from './options.js'
import { packageRoot } from './package-root.js'
import { Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

interface RegressFlags extends ExploreFlags {
  readonly index?: string
  readonly record?: boolean
}

/** `foliocheck regress`: exit code 1 when a bug is not found before its fix, or not proved gone after it. */
export async function regress(ids: readonly string[], flags: RegressFlags): Promise<ExitCode> {
  const index = flags.index ?? join(packageRoot(), 'counterexamples', 'index.json')
  const session = await Session.open(flags, index)
  try {
    const bugs = chosenBugs(session.expectations.bugs, ids)
    const judged = await judgeAll(session, bugs, dirname(index), flags)
    if (flags.json) printJson({ bugs: judged.map(({ regression }) => regression) })
    else printText(judged)
    if (session.pool.interrupted) return EXIT.inconclusive
    return judged.some(({ problems }) => problems.length > 0) ? EXIT.violated : EXIT.ok
  } finally {
    await session.close()
  }
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

async function judgeAll(
  session: Session,
  bugs: readonly Bug[],
  folder: string,
  flags: RegressFlags,
): Promise<JudgedRegression[]> {
  const jobs = await Promise.all(
    bugs.map(async bug => {
      const properties = [bug.property]
      const [before] = await session.jobs([bug.scenario], bug.before.kernel, bug.before.patches, {
        properties,
        until: properties,
      })
      const [after] = await session.jobs([bug.scenario], bug.after.kernel, bug.after.patches, { properties })
      return [before, after]
    }),
  )
  const results = await session.run(jobs.flat())
  return Promise.all(
    bugs.map(async (bug, i) => {
      const file = join(folder, `${bug.id}.json`)
      const shown = `counterexamples/${bug.id}.json`
      if (flags.record) record(file, results[2 * i].properties[0].counterexample)
      const recorded = existsSync(file) ? readCounterexample(file) : undefined
      const judged = judgeRegression(bug, shown, results[2 * i], results[2 * i + 1], recorded)
      if (!recorded) return judged
      const kernel = await kernelWith(session.project, bug.before.kernel, bug.before.patches)
      const again = replayCounterexample(session.project, kernel, recorded)
      return again.happens
        ? judged
        : { ...judged, problems: [...judged.problems, `${shown} does not replay: ${again.reason}`] }
    }),
  )
}

function record(file: string, found: Counterexample | undefined): void {
  if (found) writeWhole(file, serialise(found))
}

function printText(judged: readonly JudgedRegression[]): void {
  const width = reportWidth()
  for (const { regression, problems } of judged) {
    const { id, property, before, after } = regression
    const sign = problems.length === 0 ? '✓' : '✗'
    print([
      `${sign} ${id}   ${property}`,
      `  before  ${[before.kernel, ...before.patches].join(' + ')}: ${before.verdict}${before.steps === null ? '' : ` after ${before.steps} steps, ${before.preemptions} preemptions`}`,
      `  after   ${[after.kernel, ...after.patches].join(' + ')}: ${after.verdict}, ${count(after.states)} states`,
      ...problems.flatMap(problem => paragraph('  problem ', problem, width)),
    ])
  }
  const bad = judged.filter(({ problems }) => problems.length > 0).length
  print([
    '',
    bad === 0
      ? `  ${judged.length} bugs: each found before its fix and proved gone after it`
      : `  ${bad} of ${judged.length} bugs not as expected`,
  ])
}
