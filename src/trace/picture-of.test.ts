import { expect, test } from 'vitest'
import { programOf } from '../../test/models.js'
import { type Drawing, drawing } from '../picture/drawing.js'
import { FIELDS, THREADS } from '../picture/sections.js'
import { machine } from '../program/operation.js'
import { ReferenceSystem } from '../program/reference-system.js'
import { int, record } from '../state/schema.js'
import { pictureOf } from './picture-of.js'

const counter = machine('counter', record({ count: int(0, 3) }))
const next = { operation: 'increment', label: 'count++' }
const increment = counter.operation(
  next.operation,
  { source: 'lib/counter.c', locals: { next: int(0, 3) } },
  ({ step }) => [
    step(next.label, s => {
      s.count++
    }),
  ],
)
const program = programOf(counter, [increment])
const [initial] = new ReferenceSystem(program).initial

function sectionsWith(...drawings: Drawing[]) {
  return pictureOf({ program, drawings, locks: [] }, initial).sections
}

test('a state is what its drawing makes of it, its threads with their locals, and its fields', () => {
  const drawn = drawing(counter, s => [
    { title: 'count', boxes: [{ name: 'is', lines: [{ name: '', value: `${s.count}` }] }] },
  ])
  const sections = sectionsWith(drawn)
  expect(sections.map(({ title }) => title)).toEqual(['count', THREADS, FIELDS])
  expect(sections[1].boxes[0].lines).toEqual([
    { name: 'next', value: next.label },
    { name: `${next.operation}()`, value: 'next 0' },
  ])
  expect(sectionsWith().map(({ title }) => title)).toEqual([THREADS, FIELDS])
})

test.each<[string, () => unknown, RegExp]>([
  [
    'throws',
    () => {
      throw new Error('no such page')
    },
    /cannot be drawn: .*no such page/,
  ],
  ['gives nothing', () => null, /cannot be drawn: the drawing is no part of a drawing/],
  ['forgets the lines of a box', () => [{ title: 'a', boxes: [{ name: 'b' }] }], /0\.boxes\.0\.lines is no part/],
  [
    'gives a number',
    () => [{ title: 'a', boxes: [{ name: 'b', lines: [{ name: '', value: 1 }] }] }],
    /lines\.0\.value/,
  ],
])('a drawing that %s is an error in its place', (_, draw, message) => {
  const sections = sectionsWith({ machine: 'counter', draw } as Drawing)
  expect(sections.map(({ title }) => title)).toEqual(['drawing', THREADS, FIELDS])
  expect(sections[0].boxes[0].lines[0].value).toMatch(message)
})
