import type { Patch } from '../program/patch.js'
import type { Project } from './project.js'

/** Whether what a module exports was made with `project(…)`, as far as one can see. */
export function isProject(value: unknown): value is Project {
  return (
    isObject(value) &&
    areNamed(value.kernels, kernel => kernel.operations instanceof Map) &&
    areNamed(value.patches, isPatch) &&
    areNamed(value.scenarios, scenario => Array.isArray(scenario.threads) && Array.isArray(scenario.exercises)) &&
    areNamed(value.properties, property => typeof property.kind === 'string') &&
    (value.drawings === undefined || isDrawn(value.drawings))
  )
}

/** Whether a value was made with `patch(…)`, as far as one can see. */
export function isPatch(value: unknown): value is Patch {
  return isObject(value) && typeof value.name === 'string' && Array.isArray(value.edits) && value.edits.every(isObject)
}

function isDrawn(list: unknown): boolean {
  return Array.isArray(list) && list.every(thing => isObject(thing) && typeof thing.draw === 'function')
}

function areNamed(list: unknown, also: (thing: Readonly<Record<string, unknown>>) => boolean): boolean {
  return Array.isArray(list) && list.every(thing => isObject(thing) && typeof thing.name === 'string' && also(thing))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
