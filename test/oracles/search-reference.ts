import { compile, type Property, type ReferenceState, ReferenceSystem } from 'foliocheck'
import type { Counts } from './modes.js'
import type { Oracle } from './oracle.js'

/** A breadth-first search that shares nothing with the explorer: immutable states, recognised by their text. */
export function searchReference({ kernel, scenario, properties }: Oracle): Counts {
  const system = new ReferenceSystem(compile(kernel, scenario))
  const violated: Record<string, number> = {}
  const seen = new Set<string>()
  let generated = 0
  let levels = 0
  let terminal = 0
  let level = fresh(system.initial)
  for (; level.length > 0; levels++) {
    const next: ReferenceState[] = []
    for (const state of level) {
      const enabled = system.enabled(state)
      if (enabled.length === 0) terminal++
      for (const property of properties) {
        if (isViolated(property, system, state)) violated[property.name] ??= levels
      }
      next.push(...enabled.map(ordinal => system.fire(state, ordinal).state))
    }
    level = fresh(next)
  }
  return { distinct: seen.size, generated, levels, terminal, violated }

  function fresh(states: readonly ReferenceState[]): ReferenceState[] {
    generated += states.length
    return states.filter(state => {
      const key = JSON.stringify(state)
      return !seen.has(key) && seen.add(key)
    })
  }
}

function isViolated(property: Property, system: ReferenceSystem, state: ReferenceState): boolean {
  if (property.kind === 'deadlock') return system.enabled(state).length === 0 && !system.atRest(state)
  if (property.kind !== 'invariant') throw new Error(`oracles have no property like ${property.name}`)
  return Object.values(property.clauses).some(holds => !holds(state.shared as never, 0))
}
