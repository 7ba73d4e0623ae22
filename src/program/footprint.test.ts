import { expect, test } from 'vitest'
import { call, programOf } from '../../test/models.js'
import { cellsIn } from '../state/footprint.js'
import { array, bit, bool, int, record } from '../state/schema.js'
import { ordinalOf, type Successors } from '../system/system.js'
import { machine } from './operation.js'
import { PackedSystem } from './packed-system.js'
import { thread } from './scenario.js'

const Item = record({ count: int(0, 9), flags: int(0, 3) }, { low: bit('flags', 0) })
const m = machine('cells', record({ on: bool(), wide: int(0, 1000), items: array(2, Item) }))
// Where the fields lie: on 0, wide 2, items[0] 4 and 5, items[1] 6 and 7.
const op = m.operation('op', { source: 'x.c', locals: { mine: int(0, 9) } }, ({ step, waitUntil, choose }) => [
  step('read and write', (s, t) => {
    t.mine = s.items[1].count
    s.wide = 5
  }),
  waitUntil(
    'wait',
    s => s.on,
    s => {
      s.items[0].low = true
    },
  ),
  choose(
    'choose',
    [0, 1],
    (s, _, value) => {
      s.items[value].count = 1
    },
    (s, _, value) => s.items[value].count === 0,
  ),
])

function watched(warmUp: number) {
  const system = new PackedSystem(programOf(m, [op], { threads: [thread('a', call(op)), thread('b', call(op))] }), {
    watch: true,
    warmUp,
  })
  system.loadInitial(0)
  const look = (act: () => unknown) => {
    system.footprint.clear()
    act()
    return { reads: cellsIn(system.footprint.reads), writes: cellsIn(system.footprint.writes) }
  }
  const sink: Successors = {
    words: new Int32Array(8 * system.words),
    slot: 0,
    push: () => undefined,
    found: () => undefined,
    cut: () => undefined,
    broke: () => undefined,
  }
  return { system, look, expand: (t: number) => look(() => system.expandThread(t, sink)) }
}

test.each([0, Number.POSITIVE_INFINITY])('cells that steps and conditions touch, code made after %s states', warmUp => {
  const { system, look, expand } = watched(warmUp)
  expect(expand(0)).toEqual({ reads: [6], writes: [2] })
  expect(look(() => system.fire(ordinalOf(0, 0)))).toEqual({ reads: [6], writes: [2] })
  expect(expand(0)).toEqual({ reads: [0], writes: [] })
  expect(look(() => system.enabled(0))).toEqual({ reads: [0], writes: [] })
  Object.assign(system.shared, { on: true })
  expect(expand(0)).toEqual({ reads: [0, 5], writes: [5] })
  system.fire(ordinalOf(0, 0))
  expect(expand(0)).toEqual({ reads: [4, 6], writes: [4, 6] })
  expect(look(() => system.fire(ordinalOf(0, 1)))).toEqual({ reads: [6], writes: [6] })
})

test('words of a thread', () => {
  const { system } = watched(0)
  expect(system.privates).toEqual([
    { from: 2, to: 3 },
    { from: 3, to: 4 },
  ])
  expect(() => new PackedSystem(system.program).footprint).toThrow('make it with `watch`')
})
