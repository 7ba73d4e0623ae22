import { expect, test } from 'vitest'
import { cellsOf } from './cells.js'
import { cellsIn, Footprint } from './footprint.js'
import { sizeOf } from './layout.js'
import { buffers, PackedAccessors } from './packed.js'
import { array, bool, ghost, int, marked, record } from './schema.js'

const Item = record({ count: marked(int(0, 9)), wide: int(0, 1000) })
const schema = record({
  on: bool(),
  items: array(2, Item, 'p'),
  life: ghost(record({ number: int(0, 7) })),
  counters: marked(record({ refs: int(0, 3) })),
})

test('every scalar field has a cell, at the byte that footprints name', () => {
  const cells = cellsOf(schema)
  expect(cells.map(({ path }) => path.join('.'))).toEqual([
    'on',
    'items.0.count',
    'items.0.wide',
    'items.1.count',
    'items.1.wide',
    'life.number',
    'counters.refs',
  ])
  const footprint = new Footprint(sizeOf(schema).size)
  const state = new PackedAccessors(buffers(sizeOf(schema).size), footprint).at(schema, 0)
  for (const { at, path } of cells) {
    footprint.clear()
    let here: unknown = state
    for (const key of path) here = (here as Record<string | number, unknown>)[key]
    expect(cellsIn(footprint.reads)).toEqual([at])
  }
})

test('what is specification-only or marked, all of it is', () => {
  const named = (which: 'ghost' | 'marked') =>
    cellsOf(schema)
      .filter(cell => cell[which])
      .map(({ path }) => path.join('.'))
  expect(named('ghost')).toEqual(['life.number'])
  expect(named('marked')).toEqual(['items.0.count', 'items.1.count', 'counters.refs'])
})
