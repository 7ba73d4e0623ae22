import type { Kernel } from '../program/kernel.js'
import { compile } from '../program/program.js'
import { type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import type { Scenario } from '../program/scenario.js'
import { falseClause, type Property } from '../property/property.js'

/** What a search under the reference semantics found. */
export interface ReferenceFound {
  readonly states: number
  /** Initial states and every successor computed. */
  readonly generated: number
  /** Breadth-first levels, the initial states' included. */
  readonly levels: number
  /** States without an enabled step. */
  readonly terminal: number
  /** By property: the steps of the shortest violation. */
  readonly violated: ReadonlyMap<string, number>
}

/**
 * Breadth-first on immutable plain states that are recognised by their text: slow, and it shares nothing with the explorer.
 * Judges assertions, invariants and deadlocks. Undefined when there are more than `most` states.
 */
export function searchReference(
  kernel: Kernel,
  scenario: Scenario,
  properties: readonly Property[],
  most: number,
): ReferenceFound | undefined {
  const system = new ReferenceSystem(compile(kernel, scenario))
  const seen = new Set<string>()
  const violated = new Map<string, number>()
  const fresh = (states: readonly ReferenceState[]) =>
    states.filter(state => {
      const key = JSON.stringify(state)
      return !seen.has(key) && seen.add(key)
    })
  const note = (property: string, steps: number) => {
    if (!violated.has(property)) violated.set(property, steps)
  }
  let generated = system.initial.length
  let terminal = 0
  let depth = 0
  for (let level = fresh(system.initial); level.length > 0; depth++) {
    if (seen.size > most) return undefined
    const next: ReferenceState[] = []
    for (const state of level) {
      const enabled = system.enabled(state)
      if (enabled.length === 0) terminal++
      for (const property of properties) {
        if (isViolated(property, system, state, enabled.length === 0)) note(property.name, depth)
      }
      for (const ordinal of enabled) {
        const { state: after, outcome } = system.fire(state, ordinal)
        for (const { property } of outcome.findings) note(property.name, depth + 1)
        const ends = outcome.cut !== '' || outcome.broke || outcome.findings.some(({ fatal }) => fatal)
        if (!ends) next.push(after)
      }
    }
    generated += next.length
    level = fresh(next)
  }
  return { states: seen.size, generated, levels: depth, terminal, violated }
}

function isViolated(property: Property, system: ReferenceSystem, state: ReferenceState, ended: boolean): boolean {
  if (property.kind === 'deadlock') return ended && !system.atRest(state)
  if (property.kind !== 'invariant') return false
  if (property.when === 'always') return falseClause(property, state.shared) !== undefined
  const applies = ended && system.atRest(state) && property.premise(state.shared as never)
  return applies && falseClause(property, state.shared) !== undefined
}
