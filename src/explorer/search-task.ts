import { refusingExit, serve } from '../check/serve.js'
import type { Limits } from '../explore/limits.js'
import { Progress } from '../explore/progress.js'
import type { Run } from '../explore/result.js'
import { asFile, type HandedOut } from './hand-out.js'
import { possible } from './questions.js'
import { type Searched, searchFrom } from './search.js'
import { smallestOf } from './smallest.js'
import { type Choice, subjectOf } from './subject.js'

/** A search: what a worker thread is asked to do. */
export interface SearchTask {
  readonly choice: Choice
  /** For the nearest violation from where the run has come to, or for the smallest counterexample to what its end violates. */
  readonly kind: 'nearest' | 'smallest'
  readonly run: Run
  readonly property: string | undefined
  readonly limits: Partial<Limits>
  readonly progress: SharedArrayBuffer
}

/** @throws what `subjectOf`, `searchFrom` and `smallestOf` throw */
async function runTask({ choice, kind, run, property, limits, progress }: SearchTask): Promise<Searched | HandedOut> {
  const subject = await subjectOf(choice)
  const stops = { limits, progress: new Progress(progress) }
  return refusingExit(() =>
    possible((): Searched | HandedOut =>
      kind === 'nearest'
        ? searchFrom(subject, run, { ...stops, property })
        : asFile(smallestOf(subject, run, property, stops)),
    ),
  )
}

serve(runTask)
