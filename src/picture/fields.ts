import { show } from '../state/diff.js'
import type { Type } from '../state/schema.js'
import type { Box, Line, Section } from './picture.js'

/** Every field of a state as one section: a box for each element of an array and each record, a line for each value. */
export function fieldsOf(type: Type, value: unknown, title = 'all fields'): Section {
  const boxes: Box[] = []
  const top: Line[] = []
  walk(type, value, '', false, top, boxes)
  return { title, boxes: [...(top.length > 0 ? [{ name: 'state', lines: top }] : []), ...boxes] }
}

/** Adds the values of one record to `lines`, and what lies deeper to boxes of its own. */
function walk(type: Type, value: unknown, name: string, ghost: boolean, lines: Line[], boxes: Box[]): void {
  const hidden = ghost || type.ghost === true
  if (type.kind === 'record' && !type.show) {
    for (const [key, field] of Object.entries(type.fields)) {
      const part = (value as Readonly<Record<string, unknown>>)[key]
      const path = name === '' ? key : `${name}.${key}`
      if (isLeaf(field)) {
        const specification = hidden || field.ghost === true
        lines.push({ name: key, value: show(field, part), ...(specification && { ghost: true }) })
      } else if (field.kind === 'array') {
        const parts = part as readonly unknown[]
        parts.forEach((element, i) => {
          const short = `${name === '' ? '' : `${name}.`}${field.prefix}${i}`
          // Two arrays may have the same things as elements.
          const own = field.prefix === '' || boxes.some(box => box.name === short) ? `${path}[${i}]` : short
          boxed(field.of, element, own, hidden || field.ghost === true, boxes)
        })
      } else boxed(field, part, path, hidden, boxes)
    }
  } else lines.push({ name, value: show(type, value), ...(hidden && { ghost: true }) })
}

function boxed(type: Type, value: unknown, name: string, ghost: boolean, boxes: Box[]): void {
  const lines: Line[] = []
  const deeper: Box[] = []
  walk(type, value, name, ghost, lines, deeper)
  // Whatever is one word needs no name beside that of its box.
  if (type.kind === 'record' && type.show) boxes.push({ name, lines: lines.map(line => ({ ...line, name: '' })) })
  else if (lines.length > 0) boxes.push({ name, lines })
  boxes.push(...deeper)
}

function isLeaf(type: Type): boolean {
  return type.kind !== 'array' && (type.kind !== 'record' || type.show !== undefined)
}
