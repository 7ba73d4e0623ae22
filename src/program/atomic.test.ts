import { expect, test } from 'vitest'
import { Lockstep } from '../../test/differential/lockstep.js'
import { explored, programOf, sharedStates } from '../../test/models.js'
import { ModelError } from '../errors.js'
import { array, bool, int, record } from '../state/schema.js'
import { machine } from './operation.js'
import { PackedSystem } from './packed-system.js'
import type { Program } from './program.js'
import { ReferenceSystem } from './reference-system.js'
import { does, thread } from './scenario.js'

const m = machine('atomic', record({ a: int(0, 9), b: int(0, 9), flag: bool() }))

/** Runs both executions along the first choices, and tells the states that the packed one can reach. */
function states(program: Program): unknown[] {
  Lockstep.start(program, () => undefined)?.run(0, new Array(20).fill(0))
  return sharedStates(program)
}

test('steps of a region are one transition', () => {
  const both = m.operation('both', { source: 'test' }, w => [
    w.atomic('under one lock', [
      w.step('a', s => {
        s.a++
      }),
      w.test('a = 1', s => s.a === 1, [
        w.step('b', s => {
          s.b = s.a
        }),
      ]),
    ]),
    w.step('flag', s => {
      s.flag = true
    }),
  ])
  expect(states(programOf(m, [both]))).toEqual([
    { a: 0, b: 0, flag: false },
    { a: 1, b: 1, flag: false },
    { a: 1, b: 1, flag: true },
  ])
})

test('a loop around a region does not merge its iterations', () => {
  const often = m.operation('often', { source: 'test', locals: { i: int(0, 3) } }, w => [
    w.loop(
      t => t.i < 3,
      [
        w.atomic('one turn', [
          w.step('a', s => {
            s.a++
          }),
          w.step('b', (s, t) => {
            s.b++
            t.i++
          }),
        ]),
      ],
    ),
  ])
  expect(states(programOf(m, [often]))).toEqual([0, 1, 2, 3].map(n => ({ a: n, b: n, flag: false })))
})

test('a goto back to a region from behind it does not merge either, one from inside does', () => {
  const again = m.operation('again', { source: 'test', locals: { i: int(0, 3) } }, w => [
    w.label('top'),
    w.atomic('one turn', [
      w.label('inner'),
      w.step('a', (s, t) => {
        s.a++
        t.i++
      }),
      w.when(t => t.i === 2, [w.goto('inner')]),
    ]),
    w.when(t => t.i < 2, [w.goto('top')]),
  ])
  // The second turn goes on into the third, since its goto lies in the region.
  expect(states(programOf(m, [again]))).toEqual([0, 1, 3].map(n => ({ a: n, b: 0, flag: false })))
})

test('a loop inside a region is merged, and so are calls', () => {
  const inner = m.operation('inner', { source: 'test' }, w => [
    w.step('a', s => {
      s.a++
    }),
    w.step('b', s => {
      s.b++
    }),
  ])
  const outer = m.operation('outer', { source: 'test', locals: { i: int(0, 3) } }, w => [
    w.atomic('all turns', [
      w.loop(
        t => t.i < 3,
        [
          w.local(t => {
            t.i++
          }),
          w.call('inner()', inner, {}),
        ],
      ),
    ]),
  ])
  const program = programOf(m, [inner, outer], { threads: [thread('t', does(outer, {}))] })
  expect(states(program)).toEqual([0, 3].map(n => ({ a: n, b: n, flag: false })))
})

test('regions next to each other are transitions of their own, one in another is part of it', () => {
  const two = m.operation('two', { source: 'test' }, w => [
    w.atomic('first', [
      w.step('a', s => {
        s.a = 1
      }),
      w.atomic('nested', [
        w.step('a again', s => {
          s.a++
        }),
      ]),
    ]),
    w.atomic('second', [
      w.step('b', s => {
        s.b = 1
      }),
    ]),
  ])
  expect(states(programOf(m, [two]))).toEqual([
    { a: 0, b: 0, flag: false },
    { a: 2, b: 0, flag: false },
    { a: 2, b: 1, flag: false },
  ])
})

test('a region that returns ends there', () => {
  const leaves = m.operation('leaves', { source: 'test' }, w => [
    w.atomic('some', [
      w.step('a', s => {
        s.a = 1
      }),
      w.ret(),
    ]),
    w.step('never', s => {
      s.b = 1
    }),
  ])
  expect(states(programOf(m, [leaves]))).toEqual([0, 1].map(a => ({ a, b: 0, flag: false })))
})

test('a region may begin by waiting or choosing: it is not entered before', () => {
  const waits = m.operation('waits', { source: 'test' }, w => [
    w.atomic('lock and use', [
      w.waitUntil('flag', s => s.flag),
      w.step('a', s => {
        s.a = 1
      }),
    ]),
  ])
  const picks = m.operation('picks', { source: 'test' }, w => [
    w.atomic('one of two', [
      w.choose('b', [3, 4], (s, _, value) => {
        s.b = value
      }),
      w.step('flag', s => {
        s.flag = true
      }),
    ]),
  ])
  expect(states(programOf(m, [waits, picks]))).toEqual([
    { a: 0, b: 0, flag: false },
    { a: 0, b: 3, flag: true },
    { a: 0, b: 4, flag: true },
    { a: 1, b: 3, flag: true },
    { a: 1, b: 4, flag: true },
  ])
})

test('inside, a wait is well if it need not wait', () => {
  const sure = m.operation('sure', { source: 'test' }, w => [
    w.atomic('set and wait', [
      w.step('flag', s => {
        s.flag = true
      }),
      w.waitUntil(
        'wait',
        s => s.flag,
        s => {
          s.a = 1
        },
      ),
    ]),
  ])
  expect(states(programOf(m, [sure]))).toEqual([
    { a: 0, b: 0, flag: false },
    { a: 1, b: 0, flag: true },
  ])
})

test.each([
  [
    'waiting',
    'wait',
    m.operation('op', { source: 'test' }, w => [
      w.atomic('region', [w.step('first', () => undefined), w.waitUntil('wait', s => s.flag)]),
    ]),
  ],
  [
    'choosing',
    'pick',
    m.operation('op', { source: 'test' }, w => [
      w.atomic('region', [w.step('first', () => undefined), w.choose('pick', [1], () => undefined)]),
    ]),
  ],
])('%s inside is an error in both executions', (_, label, operation) => {
  const program = programOf(m, [operation])
  const message = `op step '${label}': may not block or choose inside an atomic region; end the region before it`
  const reference = new ReferenceSystem(program)
  expect(() => explored(program)).toThrow(ModelError)
  expect(() => explored(program)).toThrow(message)
  expect(() => reference.fire(reference.initial[0], 0)).toThrow(message)
})

test('a region that does not end, and a loop without a step, are errors in both executions', () => {
  const endless = m.operation('endless', { source: 'test' }, w => [
    w.atomic('region', [w.label('top'), w.step('again', () => undefined), w.goto('top')]),
  ])
  const spins = m.operation('spins', { source: 'test' }, w => [
    w.step('first', () => undefined),
    w.loop(() => true, [w.local(() => undefined)]),
  ])
  for (const [operation, message] of [
    [endless, "endless step 'again': runs in an atomic region that does not end; take the loop out of it"],
    [spins, 'spins: loops without taking a step; put a step into the loop'],
  ] as const) {
    const program = programOf(m, [operation])
    const packed = new PackedSystem(program)
    packed.loadInitial(0)
    const reference = new ReferenceSystem(program)
    const [start] = reference.initial
    expect(() => packed.fire(0)).toThrow(message)
    expect(() => reference.fire(start, 0)).toThrow(message)
  }
})

test('nobody comes between the steps of a region', () => {
  const pair = machine('pair', record({ seen: array(2, record({ torn: bool() })), x: int(0, 4), y: int(0, 4) }))
  const params = { i: int(0, 1) }
  const update = pair.operation('update', { source: 'test', params }, w => [
    w.atomic('both or none', [
      w.step('x', s => {
        s.x++
      }),
      w.step('y', s => {
        s.y++
      }),
    ]),
    w.step('look', (s, t) => {
      s.seen[t.i].torn = s.x !== s.y
    }),
  ])
  const program = programOf(pair, [update], {
    threads: [thread('p', does(update, { i: 0 })), thread('q', does(update, { i: 1 }))],
  })
  expect(sharedStates(program).some(state => JSON.stringify(state).includes('true'))).toBe(false)
})
