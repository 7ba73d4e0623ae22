import type { StoreOrder } from '../program/scenario.js'
import type { LockClass } from '../property/locks.js'
import type { Property } from '../property/property.js'
import type { Minimal } from '../trace/minimise.js'
import { violates } from '../trace/replay.js'
import type { Cutting } from '../trace/shrink.js'
import { type Trace, traceOf } from '../trace/trace.js'
import { explainWhy, type Why } from '../trace/why.js'

/** Version of the file format; raised when a reader of the old one could misread the new one. */
export const FORMAT = 1

/** A violation with all that is needed to show and to replay it. This is the content of a counterexample file. */
export interface Counterexample {
  readonly format: 'foliocheck-counterexample'
  readonly version: number
  readonly kernel: string
  readonly patches: readonly string[]
  readonly scenario: string
  /** The order of stores, when it is not `sc`. */
  readonly storeOrder?: StoreOrder | undefined
  readonly property: string
  readonly claim: string
  /** Steps after the setup, and preemptions among them. */
  readonly steps: number
  readonly preemptions: number
  readonly shortest: boolean
  readonly calmest: boolean
  /** Distinct states of the search that found it. */
  readonly states: number
  readonly without: Cutting
  readonly trace: Trace
  readonly why: Why
}

/** A failure of foliocheck itself: exit code 70. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
}

/**
 * Replays a minimal violation under the reference semantics and tells it; a deadlock in the words of these locks.
 * @throws InternalError when it does not replay.
 */
export function counterexampleOf(
  minimal: Minimal,
  property: Property,
  patches: readonly string[],
  locks: readonly LockClass[] = [],
): Counterexample {
  const { program } = minimal
  const { trace, replayed } = traceOf(program, minimal.run)
  if (!violates(program, replayed, property)) {
    throw new InternalError(
      `the violation of ${property.name} in ${program.scenario.name} on ${program.kernel.name} does not replay under the reference semantics`,
    )
  }
  return {
    format: 'foliocheck-counterexample',
    version: FORMAT,
    kernel: program.kernel.name,
    patches,
    scenario: program.scenario.name,
    ...(program.scenario.storeOrder !== 'sc' && { storeOrder: program.scenario.storeOrder }),
    property: property.name,
    claim: property.claim,
    steps: trace.steps.filter(step => !step.setup).length,
    preemptions: minimal.preemptions,
    shortest: minimal.shortest,
    calmest: minimal.calmest,
    states: minimal.states,
    without: minimal.cutting,
    trace,
    why: explainWhy(program, replayed, trace, property, locks),
  }
}
