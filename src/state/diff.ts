import type { Type } from './schema.js'

/** The way from a value to a part of it: field names and indices. */
export type Path = readonly (string | number)[]

/** One part that differs between two states, with both values as they are shown. */
export interface Change {
  readonly path: Path
  /** The path as a reader writes it: `p1.ref`. */
  readonly name: string
  readonly before: string
  readonly after: string
  /** Whether the part is specification-only. */
  readonly ghost: boolean
}

/** The parts in which two plain values of one type differ, in the order of the declaration. */
export function diff(type: Type, before: unknown, after: unknown): Change[] {
  const changes: Change[] = []
  walk(type, before, after, [], '', false, changes)
  return changes
}

function walk(
  type: Type,
  before: unknown,
  after: unknown,
  path: Path,
  name: string,
  ghost: boolean,
  out: Change[],
): void {
  const hidden = ghost || type.ghost === true
  if (before === after) return
  if (type.kind === 'record' && !type.show) {
    const a = before as Record<string, unknown>
    const b = after as Record<string, unknown>
    for (const [key, field] of Object.entries(type.fields)) {
      walk(field, a[key], b[key], [...path, key], name === '' ? key : `${name}.${key}`, hidden, out)
    }
  } else if (type.kind === 'array') {
    const a = before as readonly unknown[]
    const b = after as readonly unknown[]
    for (let i = 0; i < type.length; i++) {
      walk(type.of, a[i], b[i], [...path, i], type.prefix === '' ? `${name}[${i}]` : `${type.prefix}${i}`, hidden, out)
    }
  } else {
    const shownBefore = show(type, before)
    const shownAfter = show(type, after)
    if (shownBefore !== shownAfter) out.push({ path, name, before: shownBefore, after: shownAfter, ghost: hidden })
  }
}

/** A value as it is shown in one word: `p3`, `none`, `true`, `head(p0)`, `4`. */
export function show(type: Type, value: unknown): string {
  if (type.kind === 'int' && type.prefix !== '') return value === -1 ? 'none' : `${type.prefix}${String(value)}`
  if (type.kind === 'record') {
    if (type.show) return type.show(value as never)
    const fields = value as Record<string, unknown>
    return `{${Object.entries(type.fields)
      .map(([key, field]) => `${key}: ${show(field, fields[key])}`)
      .join(', ')}}`
  }
  if (type.kind === 'array') return `[${(value as unknown[]).map(item => show(type.of, item)).join(', ')}]`
  return String(value)
}

/** The type, value and display name of the part that `path` leads to; the nearest shown-as-a-word part on the way. */
export function partAt(
  type: Type,
  value: unknown,
  path: Path,
): { type: Type; value: unknown; name: string; path: Path } {
  let here = { type, value, name: '', path: [] as Path }
  for (const key of path) {
    const of = here.type
    if (of.kind === 'record' && !of.show && key in of.fields) {
      const name = here.name === '' ? String(key) : `${here.name}.${key}`
      here = {
        type: of.fields[key],
        value: (here.value as Record<string, unknown>)[key],
        name,
        path: [...here.path, key],
      }
    } else if (of.kind === 'array' && Number(key) < of.length) {
      const name = of.prefix === '' ? `${here.name}[${key}]` : `${of.prefix}${key}`
      here = { type: of.of, value: (here.value as unknown[])[Number(key)], name, path: [...here.path, Number(key)] }
    } else break
  }
  return here
}
