import { ModelError, reasonOf } from '../errors.js'
import { RangeViolation } from '../state/range.js'
import { type Code, whereIs } from './code.js'
import { forget, Stop, said } from './findings.js'
import type { Program } from './program.js'

/** Mistakes of a model that show when it runs; both executions tell them in the same words. */

/** Hidden nodes, or steps of one atomic region, that may follow each other before it is taken for endless. */
export const MOST_AT_ONCE = 100_000

/** What a recipe or condition threw, as the error of its step. */
export function thrownIn(code: Code, thrown: unknown): ModelError {
  if (thrown instanceof ModelError) return thrown
  return new ModelError(whereIs(code), `threw: ${reasonOf(thrown)}`, 'fix the recipe')
}

export function blocksInside(code: Code): ModelError {
  return new ModelError(whereIs(code), 'may not block or choose inside an atomic region', 'end the region before it')
}

export function loopsWithoutStep(code: Code): ModelError {
  return new ModelError(whereIs(code), 'loops without taking a step', 'put a step into the loop')
}

export function neverLeaves(code: Code): ModelError {
  return new ModelError(whereIs(code), 'runs in an atomic region that does not end', 'take the loop out of it')
}

/** Runs what comes before a thread's first step. @throws ModelError when that fails, or already says something. */
export function startThread<T>(program: Program, thread: number, start: () => T): T {
  const object = `thread ${program.threads[thread].name} of scenario ${program.scenario.name}`
  let reason = ''
  try {
    const started = start()
    if (said.findings.length === 0) return started
    reason = 'asserts something before its first step'
  } catch (thrown) {
    if (thrown instanceof ModelError) throw thrown
    if (thrown instanceof Stop) reason = 'demands or bounds something before its first step'
    else if (thrown instanceof RangeViolation) reason = `starts with a value its field cannot hold: ${thrown.message}`
    else reason = `threw before its first step: ${reasonOf(thrown)}`
  } finally {
    forget()
  }
  throw new ModelError(object, reason, 'fix its arguments, or put it into a step')
}
