import { describe, expect, test } from 'vitest'
import { explored, programOf } from '../../test/models.js'
import { UsageError } from '../errors.js'
import { machine } from '../program/operation.js'
import { invariant, noDeadlock } from '../property/property.js'
import { int, record } from '../state/schema.js'
import { limits } from './limits.js'
import { Progress } from './progress.js'

const m = machine('grid', record({ x: int(0, 99), y: int(0, 99) }))

function counter(name: 'x' | 'y') {
  return m.operation(name, { source: 'test' }, w => [
    w.loop(
      () => true,
      [
        w.waitUntil(
          `${name}++`,
          s => s[name] < 99,
          s => {
            s[name]++
          },
        ),
      ],
    ),
  ])
}

/** 10,000 states. */
const grid = programOf(m, [counter('x'), counter('y')])
const inside = invariant(m, 'inside', { claim: '', clauses: { 'x < 100': s => s.x < 100 } })

describe.each(['bfs', 'dfs'] as const)('%s ends honestly', strategy => {
  test.each([1, 2, 10, 999, 1024, 5000, 9999])('at %i states', states => {
    const result = explored(grid, [inside], { strategy, limits: { states } })
    expect(result.stopped).toBe('states')
    expect(result.states).toBeGreaterThanOrEqual(states)
    expect(result.states).toBeLessThanOrEqual(states + 200)
    expect(result.unexplored).toBeGreaterThan(0)
    expect(result.transitions).toBeLessThanOrEqual(2 * (result.states - result.unexplored))
  })

  test('a limit that is reached before the last state was looked at counts, one above does not', () => {
    const enough = explored(grid, [noDeadlock], { strategy, limits: { states: 10_001 } })
    expect(enough).toMatchObject({ stopped: undefined, states: 10_000, unexplored: 0, transitions: 19_800 })
    const just = explored(grid, [noDeadlock], { strategy, limits: { states: 10_000 } })
    expect(just).toMatchObject({ stopped: 'states', states: 10_000 })
    expect(just.unexplored).toBeGreaterThan(0)
  })

  test('when time is over', () => {
    const result = explored(grid, [], { strategy, limits: { seconds: 1e-9 } })
    expect(result).toMatchObject({ stopped: 'time', states: 1, unexplored: 1, transitions: 0 })
  })

  test('when memory is full, by its own limit', () => {
    const result = explored(grid, [], { strategy, limits: { memory: 100_000 } })
    expect(result.stopped).toBe('memory')
    expect(result.unexplored).toBeGreaterThan(0)
    expect(result.states).toBeLessThan(10_000)
  })

  test("when memory is full, by the store's", () => {
    const result = explored(grid, [], { strategy, memoryLimit: 100_000 })
    expect(result.stopped).toBe('memory')
    expect(result.bytes).toBeLessThanOrEqual(100_000)
    expect(result.unexplored).toBeGreaterThan(0)
  })

  test('when not even the initial state has room', () => {
    const result = explored(grid, [inside, noDeadlock], { strategy, memoryLimit: 1 })
    expect(result).toMatchObject({ stopped: 'memory', states: 0, transitions: 0 })
    expect([...result.tested]).toEqual([])
  })

  test('when it is interrupted', () => {
    const progress = new Progress()
    progress.interrupt()
    const result = explored(grid, [], { strategy, progress })
    expect(result).toMatchObject({ stopped: 'interrupted', states: 1, unexplored: 1 })
  })

  test('a whole search stays whole when it is interrupted at its end', () => {
    const progress = new Progress()
    let looks = 0
    const late = invariant(m, 'late', {
      claim: '',
      clauses: {
        true: () => {
          looks++
          if (looks === 10_000) progress.interrupt()
          return true
        },
      },
    })
    const result = explored(grid, [late], { strategy, progress })
    expect(result).toMatchObject({ stopped: undefined, states: 10_000, unexplored: 0 })
  })

  test('progress tells where it is', () => {
    const progress = new Progress()
    const result = explored(grid, [], { strategy, progress })
    expect(progress.now).toEqual({
      states: 10_000,
      transitions: 19_800,
      frontier: 0,
      depth: result.levels,
      bytes: result.bytes,
      levels: strategy === 'bfs' ? result.levels : 0,
      opened: strategy === 'bfs' ? 10_000 : 0,
      levelSizes: result.levelSizes.slice(-64),
    })
    // Another thread sees the same through the shared memory.
    expect(new Progress(progress.data).now.states).toBe(10_000)
  })
})

test('more successors than a batch has slots are refused, not dropped', () => {
  const run = (capacity: number) => explored(grid, [], { capacity })
  expect(run(2).states).toBe(10_000)
  expect(() => run(1)).toThrow('scenario: may have 2 successors of one state, and a batch of the store has 1 slots')
})

test.each([
  ['states', 0],
  ['seconds', -1],
  ['memory', Number.NaN],
])('a limit of %s that is %d is refused', (name, value) => {
  expect(() => limits({ [name]: value })).toThrow(UsageError)
  expect(() => limits({ [name]: value })).toThrow(`limit ${name}: is ${value}; give a number above 0`)
})
