import { ModelError, reasonOf } from '../errors.js'
import { forget, Stop, said } from '../program/findings.js'
import type { Property } from '../property/property.js'

/** A property as the explorer tests it: on the working vector, without knowing what it means. */
export interface Check {
  readonly name: string
  readonly when: 'always' | 'quiescent' | 'reachable' | 'deadlock' | 'livelock'
  readonly holds: () => boolean
  /** `holds` in parts that look at less each: it is all of them. */
  readonly parts?: readonly (() => boolean)[]
  /** Whether the claim says anything about this state. */
  readonly premise: () => boolean
}

/** Binds state properties to the shared state of a system. Assertions are tested by the steps themselves. */
export function checksOf(properties: readonly Property[], shared: object): Check[] {
  return properties.flatMap(property => checkOf(property, shared))
}

function checkOf(property: Property, shared: object): Check[] {
  switch (property.kind) {
    case 'assertion':
      return []
    case 'deadlock':
    case 'livelock':
      return [{ name: property.name, when: property.kind, holds: () => true, premise: () => true }]
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
