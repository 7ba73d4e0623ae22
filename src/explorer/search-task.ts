import { refusingExit, serve } from '../check/serve.js'
import type { Limits } from '../explore/limits.js'
import { Progress } from '../explore/progress.js'
import type { Run } from '../explore/result.js'
import { possible } from './questions.js'
import { type Searched, searchFrom } from './search.js'
import { type Choice, subjectOf } from './subject.js'

/** A search from where a run has come to: what a worker thread is asked to do. */
export interface SearchTask {
  readonly choice: Choice
  readonly run: Run
  readonly property: string | undefined
  readonly limits: Partial<Limits>
  readonly progress: SharedArrayBuffer
}

/** @throws what `subjectOf` and `searchFrom` throw */
async function runTask({ choice, run, property, limits, progress }: SearchTask): Promise<Searched> {
  const subject = await subjectOf(choice)
  const options = { property, limits, progress: new Progress(progress) }
  return refusingExit(() => possible(() => searchFrom(subject, run, options)))
}

serve(runTask)
