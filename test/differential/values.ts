import { current, type Fields, type RecordType, type Type } from 'foliocheck'
import type { Expression } from './plan.js'

type Scalar = Exclude<Type, { kind: 'record' | 'array' }>

/** A scalar within a record, and the way there. */
export interface Leaf {
  readonly path: readonly string[]
  /** Lengths of the arrays on the way, by position in the path. */
  readonly lengths: ReadonlyMap<number, number>
  readonly type: Scalar
  readonly view: boolean
}

/** The records that a state and a call's locals are seen as. */
export interface Scope {
  readonly shared: readonly Leaf[]
  readonly local: readonly Leaf[]
}

/** Every scalar of a record, views included; counters, whose names begin with `c_`, are left out. */
export function leavesOf(type: RecordType, path: readonly string[] = [], lengths = new Map<number, number>()): Leaf[] {
  const stored = Object.entries(type.fields).flatMap(([name, field]): Leaf[] => {
    if (name.startsWith('c_')) return []
    const here = [...path, name]
    if (field.kind === 'record') return leavesOf(field, here, lengths)
    if (field.kind !== 'array') return [{ path: here, lengths, type: field, view: false }]
    return leavesOf(field.of, [...here, '0'], new Map([...lengths, [here.length, field.length]]))
  })
  const views = Object.entries(type.views).map(
    ([name, view]): Leaf => ({
      path: [...path, name],
      lengths,
      type: typeof view.get({ word: 0 } as never) === 'boolean' ? { kind: 'bool' } : scalarOf(type.fields, 'word'),
      view: true,
    }),
  )
  return [...stored, ...views]
}

function scalarOf(fields: Fields, name: string): Scalar {
  const field = fields[name]
  if (field.kind === 'record' || field.kind === 'array') throw new Error(`${name} is not a scalar`)
  return field
}

/** The way to the leaf, with `shift` added to every index. */
export function pathOf(leaf: Leaf, shift: number): string[] {
  return leaf.path.map((key, i) => {
    const length = leaf.lengths.get(i)
    return length === undefined ? key : String(wrap(shift, 0, length - 1))
  })
}

/** The scalar at the end of a path, as a number. */
export function read(root: object, leaf: Leaf): number {
  const value = follow(root, leaf.path)
  if (typeof value === 'boolean') return value ? 1 : 0
  return leaf.type.kind === 'enum' ? leaf.type.values.indexOf(value as string) : (value as number)
}

/** Stores a number at the end of a path, as a value of the leaf's type. */
export function store(root: object, path: readonly string[], type: Scalar, value: number, raw: boolean): void {
  const holder = follow(root, path.slice(0, -1)) as Record<string, unknown>
  holder[path[path.length - 1]] = fitted(type, value, raw)
}

/** A number as a value of a scalar type; unless `raw`, wrapped into its range. */
export function fitted(type: Scalar, value: number, raw: boolean): number | boolean | string {
  switch (type.kind) {
    case 'bool':
      return wrap(value, 0, 1) === 1
    case 'enum':
      return raw ? String(value) : type.values[wrap(value, 0, type.values.length - 1)]
    case 'int':
      return raw ? value : wrap(value, type.min, type.max)
  }
}

/** The value of an expression; a term that there is nothing for is its index. */
export function evaluate(expression: Expression, scope: Scope, s: object | undefined, t: object): number {
  let total = 0
  for (const { from, index } of expression.terms) {
    if (from === 'thread') {
      total += current()
      continue
    }
    const leaves = from === 'constant' ? [] : scope[from]
    const root = from === 'shared' ? s : t
    total += leaves.length === 0 || root === undefined ? index : read(root, leaves[index % leaves.length])
  }
  return expression.halved ? total / 2 : total
}

/** Whether an expression counts as true: two times out of three. */
export function isTrue(expression: Expression, scope: Scope, s: object | undefined, t: object): boolean {
  return wrap(evaluate(expression, scope, s, t), 0, 2) !== 2
}

function follow(root: object, path: readonly string[]): unknown {
  let at: unknown = root
  for (const key of path) at = (at as Record<string, unknown>)[key]
  return at
}

function wrap(value: number, min: number, max: number): number {
  const span = max - min + 1
  return ((((Math.floor(value) - min) % span) + span) % span) + min
}
