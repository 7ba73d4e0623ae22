import { ModelError, UsageError } from '../errors.js'
import type { Drawing } from '../picture/drawing.js'
import type { Kernel } from '../program/kernel.js'
import type { Patch } from '../program/patch.js'
import type { Scenario } from '../program/scenario.js'
import { didYouMean } from '../program/suggest.js'
import type { Property } from '../property/property.js'

/** Everything that can be named on the command line. */
export interface Project {
  /** Oldest first; the last is the newest, which `check` takes unless told otherwise. */
  readonly kernels: readonly Kernel[]
  readonly patches: readonly Patch[]
  readonly scenarios: readonly Scenario[]
  readonly properties: readonly Property[]
  /** How its machines are drawn; others are drawn field by field. */
  readonly drawings?: readonly Drawing[]
}

/** A project. @throws ModelError when two things of one kind share a name, or a scenario exercises an unknown property. */
export function project(parts: Project): Project {
  const { drawings: _drawings, ...lists } = parts
  for (const [kind, things] of Object.entries(lists) as [string, readonly { name: string }[]][]) {
    const names = things.map(thing => thing.name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new ModelError(`${kind} ${twice}`, 'is declared twice', 'rename one of them')
  }
  const properties = parts.properties.map(property => property.name)
  for (const scenario of parts.scenarios) {
    for (const name of scenario.exercises) {
      if (!properties.includes(name)) {
        const hint = didYouMean(name, properties, 'add the property to the project')
        throw new ModelError(`scenario ${scenario.name}`, `exercises '${name}', which is not a property`, hint)
      }
    }
  }
  return parts
}

/** The thing of that name. @throws UsageError, with a suggestion, when there is none. */
export function named<T extends { readonly name: string }>(kind: string, things: readonly T[], name: string): T {
  const found = things.find(thing => thing.name === name)
  if (found) return found
  const names = things.map(thing => thing.name)
  throw new UsageError(`${kind} '${name}'`, 'is not known', didYouMean(name, names, 'see `foliocheck list`'))
}
