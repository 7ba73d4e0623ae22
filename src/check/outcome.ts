import { FileError, ModelError, reasonOf, UsageError } from '../errors.js'
import { InternalError } from './counterexample.js'

/** What came of one piece of work: a result, or the reason why there is none. */
export type Outcome<R> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: Error }

const KNOWN = [ModelError, UsageError, FileError]

/** An outcome in a form that crosses threads: errors lose their class there. */
export type Answer<R> =
  | { readonly ok: true; readonly result: R }
  | { readonly ok: false; readonly error: Readonly<Record<'name' | 'message' | 'object' | 'reason' | 'next', string>> }

/** Runs work in a worker thread. Never throws. */
export async function answer<R>(work: () => Promise<R>): Promise<Answer<R>> {
  try {
    return { ok: true, result: await work() }
  } catch (thrown) {
    const message = reasonOf(thrown)
    const known = KNOWN.find(kind => thrown instanceof kind)
    const { object, reason, next } = known ? (thrown as ModelError) : { object: '', reason: message, next: '' }
    return { ok: false, error: { name: known?.name ?? '', message, object, reason, next } }
  }
}

/** The outcome that an answer tells of. */
export function outcomeOf<R>(answered: Answer<R>): Outcome<R> {
  if (answered.ok) return answered
  const { name, message, object, reason, next } = answered.error
  const known = KNOWN.find(kind => kind.name === name)
  return { ok: false, error: known ? new known(object, reason, next) : new InternalError(message) }
}

/** The results among outcomes, in their order. */
export function resultsOf<R>(outcomes: readonly Outcome<R>[]): R[] {
  return outcomes.flatMap(outcome => (outcome.ok ? [outcome.result] : []))
}

/** The errors among outcomes, in their order. */
export function errorsOf(outcomes: readonly Outcome<unknown>[]): Error[] {
  return outcomes.flatMap(outcome => (outcome.ok ? [] : [outcome.error]))
}
