import { checkScenario } from '../check/check-scenario.js'
import type { Counterexample } from '../check/counterexample.js'
import { UsageError } from '../errors.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import type { Run } from '../explore/result.js'
import { counterexampleAt } from './counterexample-at.js'
import type { Subject } from './subject.js'

/** What ends the searches. */
export interface SmallestOptions {
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
}

/**
 * The smallest counterexample to what the end of a run violates: that property is checked in the whole scenario, as `check`
 * does it. Of several properties it is about the one that is named, or the first.
 * @throws UsageError when the end violates none, or when the searches ended before one was found; Diverged
 */
export function smallestOf(
  subject: Subject,
  run: Run,
  wanted: string | undefined,
  options: SmallestOptions,
): Counterexample {
  const { program, project, kernel, artist } = subject
  const { property: name } = counterexampleAt(subject, run, wanted)
  const properties = project.properties.filter(property => property.name === name)
  const { properties: judged } = checkScenario(kernel, program.scenario, properties, {
    ...options,
    until: new Set([name]),
    locks: artist.locks,
  })
  const [{ counterexample, limit }] = judged
  if (counterexample) return counterexample
  throw new UsageError(
    'the smallest counterexample',
    `was not found: ${limit === '' ? 'nobody can tell why' : limit}`,
    'copy the run as it is, or give more with --states, --seconds and --memory',
  )
}
