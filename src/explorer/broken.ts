import { reasonOf } from '../errors.js'
import type { Program } from '../program/program.js'
import type { Property } from '../property/property.js'
import { type Replay, violates } from '../trace/replay.js'

/** A property that the end of a run violates. */
export interface Broken {
  readonly property: Property
  /** Why nobody can tell whether it is violated: it threw. Else empty. */
  readonly error: string
}

/**
 * The properties that the end of a run violates. What holds of whole spaces alone is not among them: whether something is
 * reachable; and a livelock only where the run says which of its steps repeat.
 */
export function brokenAt(program: Program, properties: readonly Property[], replayed: Replay): Broken[] {
  return properties.flatMap(property => {
    if (property.kind === 'reachable') return []
    try {
      return violates(program, replayed, property) ? [{ property, error: '' }] : []
    } catch (thrown) {
      return [{ property, error: reasonOf(thrown) }]
    }
  })
}
