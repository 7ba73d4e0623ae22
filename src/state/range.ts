import type { BoolType, EnumType, IntType } from './schema.js'

/** A store of a value that the field cannot hold. The run cannot go on from there. */
export class RangeViolation extends Error {
  override readonly name = 'RangeViolation'
  constructor(
    readonly field: string,
    readonly value: unknown,
    readonly range: string,
  ) {
    super(`${field} := ${String(value)} is outside ${range}`)
  }
}

/** The values a field can hold, in one word. */
export function rangeOf(type: IntType | BoolType | EnumType): string {
  switch (type.kind) {
    case 'int':
      return `${type.min}..${type.max}`
    case 'bool':
      return 'true | false'
    case 'enum':
      return type.values.join(' | ')
  }
}

/** Whether a field can hold the value. */
export function fits(type: IntType | BoolType | EnumType, value: unknown): boolean {
  switch (type.kind) {
    case 'int':
      return Number.isInteger(value) && (value as number) >= type.min && (value as number) <= type.max
    case 'bool':
      return typeof value === 'boolean'
    case 'enum':
      return type.values.includes(value as string)
  }
}

/** Thrown when a recipe stores a record or an array as a whole: two executions would alias or copy it differently. */
export function wholeStore(field: string, kind: 'record' | 'array'): TypeError {
  return new TypeError(`'${field}' is ${kind === 'record' ? 'a record' : 'an array'}: store its fields one by one`)
}
