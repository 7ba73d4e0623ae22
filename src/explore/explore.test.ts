import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { call, explored, programOf, stepsOf } from '../../test/models.js'
import { ModelError, UsageError } from '../errors.js'
import { assertion, bound, expect as claim, demand } from '../program/findings.js'
import { machine } from '../program/operation.js'
import { PackedSystem } from '../program/packed-system.js'
import { daemon, does, thread } from '../program/scenario.js'
import { invariant, noDeadlock, reachable } from '../property/property.js'
import { bool, int, record } from '../state/schema.js'
import { explore } from './explore.js'
import { createFingerprintStore } from './store/fingerprint-store.js'

const m = machine('counter', record({ n: int(0, 99), flag: bool() }))
const odd = assertion('odd', 'n is even')
const crash = assertion('crash', 'n stays below 5')
const never3 = invariant(m, 'never-3', { claim: 'n is never 3', clauses: { 'n != 3': s => s.n !== 3 } })

/** A thread that counts to `to`, in steps that do `more`. */
function counting(to: number, more: (s: { n: number; flag: boolean }) => void = () => undefined) {
  return m.operation('count', { source: 'test', locals: { i: int(0, 99) } }, w => [
    w.loop(
      t => t.i < to,
      [
        w.step('n++', (s, t) => {
          s.n++
          t.i++
          more(s)
        }),
      ],
    ),
  ])
}

const strategies = ['bfs', 'dfs'] as const

describe.each(strategies)('%s', strategy => {
  test('goes on beyond violations that a kernel survives, and reports each property once', () => {
    const count = counting(9, s => void claim(odd, s.n % 2 === 0, `n is ${s.n}`))
    const result = explored(programOf(m, [count]), [never3, noDeadlock], { strategy })
    expect(result).toMatchObject({ states: 10, transitions: 9, lost: 0, stopped: undefined, terminal: 1, levels: 10 })
    expect(stepsOf(result)).toEqual({ odd: 1, 'never-3': 3 })
    expect(result.found.get('odd')?.finding).toMatchObject({ message: 'n is 1', fatal: false })
    expect(result.found.get('never-3')?.finding).toBe(undefined)
  })

  test('does not go on beyond a crash, counts it as a transition, and says that runs are lost', () => {
    const count = counting(9, s => demand(crash, s.n < 5, `n is ${s.n}`))
    const result = explored(programOf(m, [count]), [noDeadlock], { strategy })
    expect(result).toMatchObject({ states: 5, transitions: 5, lost: 1, terminal: 0 })
    expect(stepsOf(result)).toEqual({ crash: 5 })
  })

  test('leaves out what a bound cuts, and counts it', () => {
    const count = counting(9, s => bound('n <= 4', s.n <= 4))
    const two = [daemon('a', call(count)), daemon('b', call(count))]
    const result = explored(programOf(m, [count], { threads: two }), [noDeadlock], { strategy })
    expect([...result.cut]).toEqual([['n <= 4', 10]])
    // Pairs of counts with a sum of at most 4; every one of the last diagonal is cut twice, and no deadlock.
    expect(result).toMatchObject({ states: 15, transitions: 20, lost: 0, terminal: 0, stopped: undefined })
    expect(stepsOf(result)).toEqual({})
  })

  test('a value out of range is a mistake of the model, with names', () => {
    const count = counting(99, s => {
      s.n += 50
    })
    const run = () => explored(programOf(m, [count]), [never3], { strategy })
    expect(run).toThrow(ModelError)
    expect(run).toThrow(
      'thread count: stores a value its field cannot hold: n := 102 is outside 0..99; widen the range, or bound the model',
    )
  })

  test('… unless the run has violated something before: then it is lost', () => {
    const far = (s: { n: number }) => {
      if (s.n > 3) s.n += 99
    }
    const result = explored(programOf(m, [counting(9, far)]), [never3], { strategy })
    expect(result).toMatchObject({ states: 4, lost: 1 })
    expect(stepsOf(result)).toEqual({ 'never-3': 3 })
    const warns = counting(9, s => {
      claim(odd, s.n !== 2)
      far(s)
    })
    const warned = explored(programOf(m, [warns]), [], { strategy })
    expect([warned.states, warned.lost, stepsOf(warned)]).toEqual([4, 1, { odd: 2 }])
  })

  test('… that very run: what another one said does not count', () => {
    const puts = m.operation('puts', { source: 'test' }, w => [
      w.choose('n', [0, 1], (s, _, value) => {
        if (value === 0) claim(odd, s.flag, 'only said')
        else s.n++
      }),
      w.step('n--', s => {
        s.n -= 2
      }),
    ])
    expect(() => explored(programOf(m, [puts]), [], { strategy })).toThrow('n := -1 is outside 0..99')
  })

  test('… or violates it in the same step', () => {
    const puts = m.operation('puts', { source: 'test' }, w => [
      w.step('n--', s => {
        claim(odd, s.n > 0, 'underflow')
        s.n--
      }),
    ])
    const result = explored(programOf(m, [puts]), [], { strategy })
    expect(result).toMatchObject({ states: 1, lost: 1 })
    expect(stepsOf(result)).toEqual({ odd: 1 })
  })

  test('tells deadlock from quiescence and from waiting for ever', () => {
    const waits = m.operation('waits', { source: 'test' }, w => [w.waitUntil('flag', s => s.flag)])
    const quiet = invariant(m, 'quiet', { claim: 'n is 2', when: 'quiescent', clauses: { 'n = 2': s => s.n === 2 } })
    const count = counting(3)
    const run = (threads: Parameters<typeof programOf>[2]) =>
      explored(programOf(m, [waits, count], threads), [noDeadlock, quiet], { strategy })
    const stuck = run({ threads: [thread('w', call(waits)), thread('c', call(count))] })
    expect([stuck.terminal, stepsOf(stuck), [...stuck.tested]]).toEqual([1, { 'no-deadlock': 3 }, ['no-deadlock']])
    const idle = run({ threads: [daemon('w', call(waits)), thread('c', call(count))] })
    expect([idle.terminal, stepsOf(idle), [...idle.tested].sort()]).toEqual([1, { quiet: 3 }, ['no-deadlock', 'quiet']])
  })

  test('says which claims were put to the test', () => {
    const untouched = assertion('untouched', 'nobody asks')
    const vacuous = invariant(m, 'vacuous', { claim: '', premise: s => s.n > 50, clauses: { yes: () => true } })
    const held = invariant(m, 'held', { claim: '', premise: s => s.n === 4, clauses: { yes: () => true } })
    const possible = reachable(m, 'possible', { claim: '', holds: s => s.n === 2 })
    const count = counting(4, s => {
      if (s.n > 50) claim(untouched, true)
      claim(odd, true)
    })
    const result = explored(programOf(m, [count]), [untouched, odd, vacuous, held, possible, noDeadlock], { strategy })
    expect([...result.tested].sort()).toEqual(['held', 'no-deadlock', 'odd', 'possible'])
    expect(stepsOf(result)).toEqual({ possible: 2 })
  })

  test('tells which steps never ran', () => {
    const branches = m.operation('branches', { source: 'test' }, w => [
      w.test('n > 5', s => s.n > 5, [w.step('never', () => undefined)], [w.step('always', () => undefined)]),
    ])
    const program = programOf(m, [branches])
    const result = explored(program, [], { strategy })
    const ran = program.threads[0].steps.filter((_, pc) => result.coverage[0][pc] > 0)
    expect(ran.map(step => step.label)).toEqual(['n > 5', 'always'])
  })

  test('ends at the violation it was told to end at', () => {
    const count = counting(50, s => void claim(odd, s.n < 7))
    const both = [never3, reachable(m, 'ten', { claim: '', holds: s => s.n === 10 })]
    const any = explored(programOf(m, [count]), both, { strategy, until: { any: new Set(['odd', 'ten']) } })
    expect([any.stopped, stepsOf(any)]).toEqual(['first violation', { 'never-3': 3, odd: 7 }])
    expect(any.unexplored).toBeGreaterThan(0)
    const all = explored(programOf(m, [count]), both, { strategy, until: { all: new Set(['odd', 'ten']) } })
    expect([all.stopped, stepsOf(all)]).toEqual(['first violation', { 'never-3': 3, odd: 7, ten: 10 }])
  })

  test('starts from every initial state, each once, and more of them than a batch holds', () => {
    const initial = Array.from({ length: 60 }, (_, i) => (s: { n: number }) => {
      s.n = 2 * (i % 40)
    })
    const last = reachable(m, 'last', { claim: '', holds: s => s.n === 78 })
    const program = programOf(m, [counting(1)], { initial })
    const result = explored(program, [last], { strategy, capacity: 7 })
    expect(result).toMatchObject({ initialStates: 40, states: 80, transitions: 40, levels: 2, terminal: 40 })
    expect(result.found.get('last')?.run).toEqual({ initial: 39, ordinals: [] })
  })
})

test('breadth-first finds the fewest steps to every violation', () => {
  const schema = record({ x: int(0, 20), y: int(0, 20) })
  const plane = machine('plane', schema)
  const moves = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(moves, moves, fc.nat(20), fc.nat(20), (right, up, x, y) => {
      const walk = (name: 'x' | 'y', by: number[]) =>
        plane.operation(name, { source: 'test' }, w => [
          w.loop(
            () => true,
            [
              w.choose(
                `${name} += by`,
                by,
                (s, _, value) => {
                  s[name] += value
                },
                (s, _, value) => s[name] + value <= 20,
              ),
            ],
          ),
        ])
      const away = invariant(plane, 'away', { claim: '', clauses: { away: s => s.x !== x || s.y !== y } })
      const program = programOf(plane, [walk('x', right), walk('y', up)])
      const [fewestX, fewestY] = [fewest(right, x), fewest(up, y)]
      const expected = fewestX + fewestY < 99 ? { away: fewestX + fewestY } : {}
      const wide = explored(program, [away])
      expect(stepsOf(wide)).toEqual(expected)
      const system = new PackedSystem(program)
      system.loadInitial(0)
      for (const ordinal of wide.found.get('away')?.run.ordinals ?? []) system.fire(ordinal)
      if (wide.found.size > 0) expect(system.shared).toMatchObject({ x, y })
      const deep = stepsOf(explored(program, [away], { strategy: 'dfs' }))
      expect(Object.keys(deep)).toEqual(Object.keys(expected))
      expect(deep.away ?? 0).toBeGreaterThanOrEqual(expected.away ?? 0)
    }),
    { numRuns: 50 },
  )
})

/** The fewest summands from `by` that make `sum`, 99 when there are none. */
function fewest(by: number[], sum: number): number {
  if (sum === 0) return 0
  return Math.min(99, ...by.filter(value => value <= sum).map(value => 1 + fewest(by, sum - value)))
}

test('the depth of a depth-first search is that of its longest run, not of its stack', () => {
  const picks = m.operation('picks', { source: 'test' }, w => [
    w.choose('n', [1, 2, 3, 4, 5, 6], (s, _, value) => {
      s.n = value
    }),
  ])
  const result = explored(programOf(m, [picks]), [], { strategy: 'dfs' })
  expect([result.levels, result.levelSizes]).toEqual([2, []])
  const chain = programOf(m, [counting(20)], { threads: [thread('a', does(counting(20), {}))] })
  expect(explored(chain, [], { strategy: 'dfs' }).levels).toBe(21)
})

test('a depth-first search by fingerprints is refused, since that store forgets', () => {
  const system = new PackedSystem(programOf(m, [counting(3)]))
  const run = (strategy: 'bfs' | 'dfs') => explore(system, [], createFingerprintStore(system.words), { strategy })
  expect(run('bfs')).toMatchObject({ states: 4, exact: false })
  expect(() => run('dfs')).toThrow(UsageError)
  expect(() => run('dfs')).toThrow('strategy dfs: cannot recognise states by fingerprints; search exactly, or breadth')
})
