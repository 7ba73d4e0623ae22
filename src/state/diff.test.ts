import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, valueOfType } from '../../test/arbitraries/schemas.js'
import { diff, partAt, show } from './diff.js'
import { defaultOf } from './plain.js'
import { array, bool, ghost, int, oneOf, record, ref, tagged } from './schema.js'

const type = record({
  pages: array(2, record({ ref: int(0, 7), w1: tagged(ref('p', 4), { nothing: '', head: 'p' }) }), 'p'),
  slots: array(2, record({ page: ref('p', 4) })),
  pgmap: record({ dead: bool(), owner: oneOf('mm', 'pool') }),
  life: ghost(int(0, 3)),
})

test('changes are named as a reader writes them, in the order of the declaration', () => {
  const before = defaultOf(type)
  const after = structuredClone(before)
  after.life = 2
  after.pgmap.dead = true
  after.pgmap.owner = 'pool'
  after.slots[1].page = 3
  after.pages[1].ref = 1
  after.pages[0].w1.tag = 'head'
  after.pages[0].w1.value = 2
  expect(diff(type, before, after).map(({ name, before, after, ghost }) => [name, before, after, ghost])).toEqual([
    ['p0.w1', 'nothing', 'head(p2)', false],
    ['p1.ref', '0', '1', false],
    ['slots[1].page', 'none', 'p3', false],
    ['pgmap.dead', 'false', 'true', false],
    ['pgmap.owner', 'mm', 'pool', false],
    ['life', '0', '2', true],
  ])
})

test('the path of a change leads to what changed', () => {
  const two = anyRecord.chain(of => fc.tuple(fc.constant(of), valueOfType(of), valueOfType(of)))
  fc.assert(
    fc.property(two, ([of, before, after]) => {
      for (const change of diff(of, before, after)) {
        const part = partAt(of, after, change.path)
        expect([part.name, part.path, show(part.type, part.value)]).toEqual([change.name, change.path, change.after])
        expect(change.before).not.toBe(change.after)
      }
      expect(diff(of, before, before)).toEqual([])
    }),
  )
})

test('a word that is shown whole is the nearest part of a path into it', () => {
  const value = defaultOf(type)
  expect(partAt(type, value, ['pages', 1, 'w1', 'value'])).toMatchObject({ name: 'p1.w1', path: ['pages', 1, 'w1'] })
  expect(partAt(type, value, ['pages', 7, 'ref'])).toMatchObject({ name: 'pages', path: ['pages'] })
})

test.each([
  [int(0, 9), 4, '4'],
  [ref('p', 4), -1, 'none'],
  [ref('p', 4), 3, 'p3'],
  [bool(), true, 'true'],
  [oneOf('mm', 'pool'), 'pool', 'pool'],
  [record({ a: int(0, 9), b: bool() }), { a: 1, b: false }, '{a: 1, b: false}'],
  [array(2, record({ a: int(0, 9) })), [{ a: 1 }, { a: 2 }], '[{a: 1}, {a: 2}]'],
  [tagged(ref('p', 4), { head: 'p', order: 'o', nothing: '' }), { tag: 'head', value: -1 }, 'head(none)'],
  [tagged(ref('p', 4), { head: 'p', order: 'o', nothing: '' }), { tag: 'order', value: 2 }, 'order(o2)'],
  [tagged(ref('p', 4), { head: 'p', order: 'o', nothing: '' }), { tag: 'nothing', value: 2 }, 'nothing'],
])('values are shown in one word: case %#', (of, value, text) => {
  expect(show(of, value)).toBe(text)
})
