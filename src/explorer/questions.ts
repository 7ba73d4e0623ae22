import type { Outcome } from '../check/outcome.js'
import { UsageError } from '../errors.js'
import type { Run } from '../explore/result.js'
import type { Told } from '../page/changes.js'
import { Diverged } from '../trace/replay.js'
import { type Form, type HandedOut, handOut } from './hand-out.js'
import { type Place, placeAt } from './place.js'
import type { Subject } from './subject.js'
import { type Written, writtenAt } from './written.js'

/** What is asked about a run, as it crosses threads. */
export type Question =
  | { readonly kind: 'place'; readonly run: Run }
  | { readonly kind: 'written'; readonly run: Run; readonly told: Told }
  | { readonly kind: 'hand-out'; readonly run: Run; readonly form: Form; readonly property: string | undefined }

export type Answered = Place | Written | HandedOut

/** @throws UsageError for a run that is not possible, and what cannot be handed out; ModelError */
export function answerTo(subject: Subject, question: Question): Answered {
  return possible(() => {
    switch (question.kind) {
      case 'place':
        return placeAt(subject, question.run)
      case 'written':
        return writtenAt(subject, question.run, question.told)
      case 'hand-out':
        return handOut(subject, question.run, question.form, question.property)
    }
  })
}

/** What `work` makes of a run. @throws UsageError when the run is not possible */
export function possible<R>(work: () => R): R {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof Diverged)) throw thrown
    const what = thrown.step === 0 ? 'the run' : `step ${thrown.step} of the run`
    throw new UsageError(what, thrown.reason, 'begin again')
  }
}

/** @throws the error of an outcome that has no result */
export function resultOf<R>(outcome: Outcome<R>): R {
  if (outcome.ok) return outcome.result
  throw outcome.error
}
