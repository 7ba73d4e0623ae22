import { describe, expect, test } from 'vitest'
import { programOf } from '../../test/models.js'
import { increment } from '../../test/oracles/increment.js'
import { philosophers } from '../../test/oracles/philosophers.js'
import { assertion, bound, expect as claim, demand } from '../program/findings.js'
import { machine } from '../program/operation.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile, type Program } from '../program/program.js'
import { invariant, noDeadlock, type Property } from '../property/property.js'
import { int, record } from '../state/schema.js'
import { checksOf } from './checks.js'
import { Progress } from './progress.js'
import { makeRandom } from './random.js'
import type { Exploration } from './result.js'
import { type WalkOptions, walk } from './walk.js'

function walked(program: Program, properties: readonly Property[], options: WalkOptions): Exploration {
  const system = new PackedSystem(program)
  return walk(system, checksOf(properties, system.shared), options)
}

const { kernel, scenario, properties } = increment(3)
const lost = compile(kernel, scenario)

test('finds the lost increment, and the run it reports shows it', () => {
  const result = walked(lost, properties, { seed: 7, runs: 50 })
  const found = result.found.get('no-lost-increment')
  expect(found?.run.ordinals.length).toBeGreaterThanOrEqual(4)
  const system = new PackedSystem(lost)
  const [exact] = checksOf(properties, system.shared)
  system.loadInitial(found?.run.initial ?? 0)
  for (const ordinal of found?.run.ordinals ?? []) {
    expect(exact.holds()).toBe(true)
    system.fire(ordinal)
  }
  expect(exact.holds()).toBe(false)
})

test('takes the same walks for the same seed, others for another', () => {
  const told = (seed: number) => {
    const { seconds: _, found, ...rest } = walked(lost, properties, { seed, runs: 20 })
    return JSON.stringify([rest, [...found]])
  }
  expect(told(1)).toBe(told(1))
  expect(new Set([1, 2, 3, 4, 5, 0, -1].map(told)).size).toBeGreaterThan(3)
})

test('never claims to have seen the whole space', () => {
  const result = walked(lost, [], { runs: 10 })
  expect(result).toMatchObject({ strategy: 'walk', exact: false, stopped: 'random walks', terminal: 10 })
  // Runs of six steps: seven states each.
  expect(result).toMatchObject({ states: 70, levels: 7, initialStates: 1, lost: 0, unexplored: 0 })
  expect([...result.tested]).toEqual([])
})

test('finds the deadlock of the philosophers', () => {
  const oracle = philosophers(3)
  const result = walked(compile(oracle.kernel, oracle.scenario), oracle.properties, { runs: 200, steps: 100 })
  expect([...result.found.keys()].sort()).toEqual(['no-deadlock', 'some-fork-free'])
  expect(result.levels).toBeLessThanOrEqual(101)
})

describe('ends honestly', () => {
  test('at a number of steps', () => {
    const result = walked(lost, properties, { runs: 1000, limits: { states: 30 } })
    expect(result.stopped).toBe('states')
    expect(result.states).toBe(35)
  })

  test('when time is over, and when it is interrupted', () => {
    expect(walked(lost, properties, { limits: { seconds: 1e-9 } })).toMatchObject({ stopped: 'time', terminal: 1 })
    const progress = new Progress()
    progress.interrupt()
    expect(walked(lost, properties, { progress })).toMatchObject({ stopped: 'interrupted', terminal: 1 })
    expect(progress.now.states).toBe(7)
  })
})

describe('what steps say', () => {
  const m = machine('counter', record({ n: int(0, 9) }))
  const odd = assertion('odd', 'n is even')
  const count = (run: (s: { n: number }) => void) =>
    programOf(m, [m.operation('count', { source: 'test' }, w => [w.loop(() => true, [w.step('n', run)])])])

  test('is reported, and a crash or a bound ends the walk', () => {
    const program = count(s => {
      s.n++
      claim(odd, s.n !== 1, 'one')
      demand(odd, s.n < 5)
    })
    const result = walked(program, [noDeadlock], { runs: 3 })
    expect(result.found.get('odd')).toMatchObject({ run: { ordinals: [0] }, finding: { message: 'one', fatal: false } })
    expect(result).toMatchObject({ lost: 3, terminal: 0, levels: 5 })
    expect([...result.tested].sort()).toEqual(['no-deadlock', 'odd'])
    const cut = walked(
      count(s => {
        s.n++
        bound('n < 3', s.n < 3)
      }),
      [],
      { runs: 4 },
    )
    expect([[...cut.cut], cut.levels, cut.terminal]).toEqual([[['n < 3', 4]], 3, 0])
  })

  test('a value out of range is a mistake unless something was violated before', () => {
    const plain = count(s => {
      s.n += 6
    })
    expect(() => walked(plain, [], {})).toThrow('thread count: stores a value its field cannot hold: n := 12')
    const small = invariant(m, 'small', { claim: '', clauses: { 'n < 5': s => s.n < 5 } })
    expect(walked(plain, [small], { runs: 2 })).toMatchObject({ lost: 2 })
    const earlier = count(s => {
      claim(odd, s.n > 0)
      s.n += 6
    })
    expect(walked(earlier, [], { runs: 2 })).toMatchObject({ lost: 2 })
    const same = count(s => {
      claim(odd, s.n > 0)
      s.n--
    })
    expect(walked(same, [], { runs: 2 })).toMatchObject({ lost: 2 })
  })
})

test('the generator is even enough, and stays below its bound', () => {
  const random = makeRandom(42)
  const counts = new Array<number>(6).fill(0)
  for (let i = 0; i < 60_000; i++) counts[random(6)]++
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})
