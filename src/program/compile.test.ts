import { describe, expect, test } from 'vitest'
import { call, explored, programOf, sharedStates } from '../../test/models.js'
import { ModelError } from '../errors.js'
import { array, int, record } from '../state/schema.js'
import { kernel, withOperations } from './kernel.js'
import { machine, type OperationRef } from './operation.js'
import { PackedSystem } from './packed-system.js'
import { compile } from './program.js'
import { daemon, does, scenario, thread } from './scenario.js'

const m = machine('counter', record({ n: int(0, 9) }))
const nothing = () => undefined
const add = m.operation('add', { source: 'test', params: { by: int(0, 3) } }, w => [
  w.step('n += by', (s, t) => {
    s.n += t.by
  }),
])
const unknown: OperationRef = { name: 'ad', params: {} }
const about = { date: '2026-01', about: 'for a test' }

describe('a mistake is named when the scenario is compiled', () => {
  const self: OperationRef = { name: 'self', params: {} }
  const one = m.operation('one', { source: 'test' }, w => [w.call('two()', { name: 'two', params: {} }, {})])
  const two = m.operation('two', { source: 'test' }, w => [w.call('one()', one, {})])

  test.each([
    [
      'an unknown operation',
      [add],
      "kernel k: has no operation ad; did you mean 'add'?",
      [thread('t', call(unknown as never))],
    ],
    [
      'a called one',
      [m.operation('outer', { source: 'test' }, w => [w.call('x', { name: 'folio_free', params: {} }, {})])],
      'kernel k: has no operation folio_free; add it to the kernel or bind it in the scenario',
    ],
    [
      'a goto without label',
      [m.operation('jumps', { source: 'test' }, w => [w.label('here'), w.goto('there')])],
      "operation jumps: has a goto to 'there', which is not a label in it; add it",
    ],
    [
      'a goto into the caller',
      [
        m.operation('outer', { source: 'test' }, w => [w.label('out'), w.call('x', { name: 'inner', params: {} }, {})]),
        m.operation('inner', { source: 'test' }, w => [w.goto('out')]),
      ],
      "operation inner: has a goto to 'out', which is not a label in it",
    ],
    [
      'a label twice',
      [m.operation('jumps', { source: 'test' }, w => [w.label('here'), w.when(() => true, [w.label('here')])])],
      "operation jumps: has the label 'here' twice; rename one",
    ],
    [
      'recursion',
      [m.operation('self', { source: 'test' }, w => [w.call('self()', self, {})])],
      'operation self: calls itself without end; unroll the recursion',
    ],
    ['recursion through another', [one, two], 'calls itself without end; unroll the recursion'],
    [
      'an argument that is not a parameter',
      [add, m.operation('outer', { source: 'test' }, w => [w.call('add()', add, { to: 1 } as never)])],
      "call 'add()' in outer: passes 'to', which add of k does not take; it takes by",
      [thread('outer', call({ name: 'outer', params: {} } as never))],
    ],
    [
      'a choice of nothing',
      [m.operation('picks', { source: 'test' }, w => [w.choose('pick', [], nothing)])],
      "picks step 'pick': offers 0 values; offer 1 to 256",
    ],
    [
      'a choice of too much',
      [m.operation('picks', { source: 'test' }, w => [w.choose('pick', [...new Array(257).keys()], nothing)])],
      "picks step 'pick': offers 257 values; offer 1 to 256",
    ],
    [
      'too many steps',
      [
        m.operation('outer', { source: 'test' }, w =>
          Array.from({ length: 256 }, () => w.call('x', { name: 'inner', params: {} }, {})),
        ),
        m.operation('inner', { source: 'test' }, w => Array.from({ length: 256 }, () => w.step('x', nothing))),
      ],
      'thread outer: has 65536 steps; use fewer than 65536',
      [thread('outer', call({ name: 'outer', params: {} } as never))],
    ],
  ])('%s', (_, operations, message, threads = [thread('t', call(operations[0]))]) => {
    expect(() => programOf(m, operations, { threads })).toThrow(ModelError)
    expect(() => programOf(m, operations, { threads })).toThrow(message)
  })

  test('two operations of one name', () => {
    expect(() => kernel('k', about, [add, add])).toThrow('kernel k: has two operations called add; keep one')
  })

  test('a local of the name of a parameter', () => {
    const declare = () => m.operation('x', { source: '', params: { p: int(0, 1) }, locals: { p: int(0, 1) } }, () => [])
    expect(declare).toThrow('operation x: has a parameter and a local called p; rename the local')
  })
})

describe('a wrong scenario', () => {
  test.each([
    ['no threads', { threads: [] }, 'scenario small: has no threads; add one with thread(…)'],
    ['two threads of one name', { threads: [thread('t'), thread('t')] }, 'scenario small: has two threads of one name'],
    ['no initial state', { initial: [] }, 'scenario small: has 0 initial states; give 1 to 65536'],
    [
      'an initial state that throws',
      {
        initial: [
          nothing,
          () => {
            throw new Error('oops')
          },
        ],
      },
      'scenario small: its initial state 2 threw: oops; fix the recipe under initial',
    ],
    [
      'an initial state out of range',
      {
        initial: [
          (s: { n: number }) => {
            s.n = 10
          },
        ],
      },
      'scenario small: its initial state 1 threw: n := 10 is outside 0..9',
    ],
  ])('%s', (_, spec, message) => {
    expect(() => programOf(m, [add], spec)).toThrow(ModelError)
    expect(() => programOf(m, [add], spec)).toThrow(message)
  })

  test('an argument out of range', () => {
    const program = programOf(m, [add], { threads: [thread('t', does(add, { by: 4 }))] })
    expect(() => new PackedSystem(program)).toThrow(
      'thread t of scenario small: starts with a value its field cannot hold: by := 4 is outside 0..3; fix its arguments',
    )
  })
})

describe('whose operation runs', () => {
  const set = (value: number, name = 'set') =>
    m.operation(name, { source: 'test' }, w => [
      w.step('n', s => {
        s.n = value
      }),
    ])
  const run = (operations: Parameters<typeof kernel>[2], spec: object, base?: ReturnType<typeof kernel>) =>
    sharedStates(
      compile(
        kernel('k', { ...about, ...(base && { base }) }, operations),
        scenario('s', m, { about: '', threads: [thread('t', call(set(0)))], ...spec }),
      ),
    ).at(-1)

  test("the kernel's over its base's", () => {
    expect(run([set(2)], {}, kernel('old', about, [set(1)]))).toEqual({ n: 2 })
    expect(run([], {}, kernel('old', about, [set(1)]))).toEqual({ n: 1 })
  })

  test("the scenario's where the kernel has none of that name", () => {
    expect(run([], { operations: [set(3)] })).toEqual({ n: 3 })
    expect(run([set(2)], { operations: [set(3)] })).toEqual({ n: 2 })
  })

  test('the one that a hook is bound to', () => {
    const hook = m.hook('ops->free', {})
    const calls = m.operation('calls', { source: 'test' }, w => [w.call('ops->free()', hook, {})])
    const threads = [thread('t', call(calls))]
    expect(run([calls, set(4, 'hmm_free')], { threads, bind: { 'ops->free': set(0, 'hmm_free') } })).toEqual({ n: 4 })
    expect(() => run([calls], { threads })).toThrow('kernel k: has no operation ops->free')
  })

  test("a driver's, added to a kernel", () => {
    const base = kernel('k', about, [set(1)])
    expect([...withOperations(base, [set(2), set(3, 'other')]).operations.keys()]).toEqual(['set', 'other'])
    expect(base.operations.get('other')).toBe(undefined)
  })
})

describe('the layout of threads', () => {
  test('257 steps take a program counter of two bytes, and every step is reached', () => {
    const count = 300
    const wide = machine('wide', record({ n: int(0, count) }))
    for (const [length, width] of [
      [255, 1],
      [256, 2],
      [count, 2],
    ]) {
      const long = wide.operation('long', { source: 'test', locals: { last: int(0, count) } }, w =>
        Array.from({ length }, (_, i) =>
          w.step(`n = ${i + 1}`, (s, t) => {
            s.n = t.last + 1
            t.last = s.n
          }),
        ),
      )
      const program = programOf(wide, [long])
      expect(new PackedSystem(program).layout.threads[0].pcWidth).toBe(width)
      expect(explored(program)).toMatchObject({ states: length + 1, transitions: length, terminal: 1 })
      expect(sharedStates(program).at(-1)).toEqual({ n: length })
    }
  })

  test('more threads than a step can name are refused', () => {
    const threads = Array.from({ length: 256 }, (_, i) => thread(`t${i}`, does(add, { by: 0 })))
    expect(new PackedSystem(programOf(m, [add], { threads: threads.slice(1) })).threads.length).toBe(255)
    const system = () => new PackedSystem(programOf(m, [add], { threads }))
    expect(system).toThrow('scenario small: has 256 threads; use at most 255')
  })

  test('many threads and a long state take many words', () => {
    const large = machine('large', record({ cells: array(20, record({ n: int(0, 70_000) })) }))
    const bump = large.operation(
      'bump',
      { source: 'test', params: { i: int(0, 19) }, locals: { was: int(0, 9) } },
      w => [
        w.step('read', (s, t) => {
          t.was = s.cells[t.i].n
        }),
        w.step('write', (s, t) => {
          s.cells[t.i].n = t.was + 1
        }),
      ],
    )
    const threads = Array.from({ length: 9 }, (_, i) => daemon(`t${i}`, does(bump, { i: 2 * i })))
    const program = programOf(large, [bump], { threads })
    const { words } = new PackedSystem(program)
    expect([words, words % 2]).toEqual([30, 0])
    // Independent threads of three states each.
    expect(explored(program)).toMatchObject({ states: 3 ** 9, transitions: 9 * 2 * 3 ** 8, levels: 19, terminal: 1 })
  })
})
