import { many } from '../numbers.js'
import type { PropertyResult, ScenarioResult } from './check-scenario.js'
import type { Counterexample } from './counterexample.js'
import type { Bug } from './expectations.js'
import type { Verdict } from './verdict.js'

/** One bug's regression: the shape of `regress --json`. */
export interface Regression {
  readonly id: string
  readonly property: string
  readonly before: {
    readonly kernel: string
    readonly patches: readonly string[]
    readonly verdict: Verdict
    readonly steps: number | null
    readonly preemptions: number | null
    readonly file: string
  }
  readonly after: {
    readonly kernel: string
    readonly patches: readonly string[]
    readonly verdict: Verdict
    readonly states: number
  }
}

/** A regression and what is wrong with it, in sentences; none when all is as it should be. */
export interface JudgedRegression {
  readonly regression: Regression
  readonly problems: readonly string[]
  readonly counterexample: Counterexample | undefined
}

/** Judges a bug from its results before and after the fix, against the recorded counterexample if there is one. */
export function judgeRegression(
  bug: Bug,
  file: string,
  before: ScenarioResult,
  after: ScenarioResult,
  recorded: Counterexample | undefined,
): JudgedRegression {
  const was = resultOf(before, bug.property)
  const is = resultOf(after, bug.property)
  const found = was.counterexample
  const problems: string[] = []
  if (was.verdict !== 'violated') problems.push(`the bug is not found on the code before its fix: ${inWords(was)}`)
  if (is.verdict !== 'proved') problems.push(`the fix is not proved: ${inWords(is)}`)
  else if (!after.exploration.exact) problems.push('the fix is proved by fingerprints only; search exactly')
  if (found && !recorded) problems.push(`${file} is missing; record it with --record`)
  if (recorded && !isOf(recorded, bug)) problems.push(`${file} is the counterexample of something else`)
  else if (found && recorded && (found.steps !== recorded.steps || found.preemptions !== recorded.preemptions)) {
    problems.push(
      `the shortest violation has ${many(found.steps, 'step')} and ${many(found.preemptions, 'preemption')}; ${file} has ${recorded.steps} and ${recorded.preemptions}`,
    )
  }
  return {
    counterexample: found,
    problems,
    regression: {
      id: bug.id,
      property: bug.property,
      before: {
        kernel: bug.before.kernel,
        patches: bug.before.patches,
        verdict: was.verdict,
        steps: found?.steps ?? null,
        preemptions: found?.preemptions ?? null,
        file,
      },
      after: {
        kernel: bug.after.kernel,
        patches: bug.after.patches,
        verdict: is.verdict,
        states: after.exploration.states,
      },
    },
  }
}

function inWords({ verdict, limit }: PropertyResult): string {
  return limit === '' ? verdict : `${verdict} (${limit})`
}

/** Whether a recorded counterexample shows this bug on the code before its fix. */
function isOf({ scenario, property, kernel, patches }: Counterexample, bug: Bug): boolean {
  const same = scenario === bug.scenario && property === bug.property && kernel === bug.before.kernel
  return same && patches.join() === bug.before.patches.join()
}

function resultOf(result: ScenarioResult, property: string): PropertyResult {
  const found = result.properties.find(candidate => candidate.property === property)
  return (
    found ?? {
      property,
      verdict: 'inconclusive',
      limit: 'it was not checked',
      witness: undefined,
      steps: undefined,
      counterexample: undefined,
    }
  )
}
