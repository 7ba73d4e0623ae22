import { ModelError, reasonOf } from '../errors.js'
import { forget, Stop, said } from '../program/findings.js'
import type { Program } from '../program/program.js'
import type { LockClass } from '../property/locks.js'
import type { Fairness, Property } from '../property/property.js'
import { type LockLook, lookAtLocks } from './locks/look.js'
import { findRace } from './races/find-race.js'
import type { Run } from './result.js'
import type { StateStore } from './store/store.js'

/** What all states together say about a property. */
interface Look {
  readonly tested: boolean
  /** The run that shows that it does not hold. */
  readonly run: Run | undefined
}

/** A property as the explorer tests it: on the working vector, without knowing what it means. */
export interface Check {
  readonly name: string
  readonly when: 'always' | 'quiescent' | 'reachable' | 'deadlock' | 'livelock' | 'afterwards'
  readonly holds: () => boolean
  /** `holds` in parts that look at less each: it is all of them. */
  readonly parts?: readonly (() => boolean)[]
  /** Whether the claim says anything about this state. */
  readonly premise: () => boolean
  /** Of `livelock`: who is owed a turn. */
  readonly fairness?: Fairness
  /** Of `afterwards`: looks at all states that an exact search has found. `tick` may throw to end that. */
  readonly look?: (store: StateStore, tick: () => void) => Look
}

/**
 * Binds state properties to the shared state of a system. Assertions are tested by the steps themselves; rules of locks
 * and data races need the program too, and are left out without it.
 */
export function checksOf(properties: readonly Property[], shared: object, program?: Program): Check[] {
  const looks = new Map<readonly LockClass[], LockLook>()
  const locks = (classes: readonly LockClass[], from: Program, store: StateStore, tick: () => void) => {
    const known = looks.get(classes) ?? lookAtLocks(from, classes, store, tick)
    looks.set(classes, known)
    return known
  }
  return properties.flatMap(property => {
    if (property.kind !== 'locks' && property.kind !== 'data-race') return checkOf(property, shared)
    if (!program) return []
    const look = (store: StateStore, tick: () => void): Look => {
      if (property.kind === 'data-race') return findRace(program, store, tick)
      const seen = locks(property.classes, program, store, tick)
      return { tested: property.rule === 'order' ? seen.nested : seen.waited, run: seen[property.rule] }
    }
    return [{ name: property.name, when: 'afterwards', holds: () => true, premise: () => true, look }]
  })
}

function checkOf(property: Exclude<Property, { kind: 'locks' | 'data-race' }>, shared: object): Check[] {
  switch (property.kind) {
    case 'assertion':
      return []
    case 'deadlock':
      return [{ name: property.name, when: property.kind, holds: () => true, premise: () => true }]
    case 'livelock': {
      const { name, kind, fairness } = property
      return [{ name, when: kind, fairness, holds: () => true, premise: () => true }]
    }
    case 'reachable': {
      const holds = property.holds as (s: object) => boolean
      return [
        { name: property.name, when: 'reachable', holds: lookOnly(property, () => holds(shared)), premise: () => true },
      ]
    }
    case 'invariant': {
      const clauses = Object.values(property.clauses) as ((s: object, i: number) => boolean)[]
      const premise = property.premise as unknown as (s: object) => boolean
      const { count } = property.over
      const holdsFor = (i: number) => {
        for (let c = 0; c < clauses.length; c++) if (!clauses[c](shared, i)) return false
        return true
      }
      const holds = () => {
        for (let i = 0; i < count; i++) if (!holdsFor(i)) return false
        return true
      }
      return [
        {
          name: property.name,
          when: property.when,
          holds: lookOnly(property, holds),
          parts: Array.from({ length: count }, (_, i) => lookOnly(property, () => holdsFor(i))),
          premise: lookOnly(property, () => premise(shared)),
        },
      ]
    }
  }
}

/** A property's predicate. It throws a ModelError when the property throws, or says what only steps may say. */
function lookOnly(property: Property, predicate: () => boolean): () => boolean {
  return () => {
    let reason = 'calls expect'
    try {
      const answer = predicate()
      if (said.findings.length === 0) return answer
    } catch (thrown) {
      reason = thrown instanceof Stop ? 'calls demand or bound' : `threw: ${reasonOf(thrown)}`
    }
    forget()
    throw new ModelError(`property ${property.name}`, reason, 'a property may only look at the state')
  }
}
