import { type Counterexample, counterexampleOf } from '../check/counterexample.js'
import { UsageError } from '../errors.js'
import type { Run } from '../explore/result.js'
import { PackedSystem } from '../program/packed-system.js'
import { named } from '../project/project.js'
import { countPreemptions } from '../trace/fewest-preemptions.js'
import { replay } from '../trace/replay.js'
import { NOTHING_CUT } from '../trace/shrink.js'
import { brokenAt } from './broken.js'
import type { Subject } from './subject.js'

/**
 * The counterexample that a run is, as it was stepped: nobody has looked for a shorter one. Of several properties that its
 * end violates it is about the one that is named, or the first.
 * @throws UsageError when its end violates none, or not that one; Diverged when it is not possible.
 */
export function counterexampleAt(subject: Subject, run: Run, wanted?: string): Counterexample {
  const { program, project, kernel, artist } = subject
  const properties = wanted === undefined ? project.properties : [named('property', project.properties, wanted)]
  const [first] = brokenAt(program, properties, replay(program, run)).filter(({ error }) => error === '')
  if (!first) {
    const what = wanted === undefined ? 'violates no property' : `does not violate ${wanted}`
    throw new UsageError('the run', `${what} where it ends`, 'go on to a violation first')
  }
  const preemptions = countPreemptions(new PackedSystem(program), run)
  const asStepped = { program, run, preemptions, shortest: false, calmest: false, cutting: NOTHING_CUT, states: 0 }
  return counterexampleOf(asStepped, first.property, kernel.patches, artist.locks)
}
