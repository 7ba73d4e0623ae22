import { describe, expect, test } from 'vitest'
import { explored, programOf } from '../../test/models.js'
import { ModelError } from '../errors.js'
import { assertion, bound, expect as claim, demand } from '../program/findings.js'
import { machine } from '../program/operation.js'
import { invariant, reachable } from '../property/property.js'
import { array, int, record } from '../state/schema.js'

const m = machine('cells', record({ n: int(0, 99), cells: array(2, record({ v: int(0, 9) })) }))

/** An operation that counts to 90 with `run` as its first step. */
function counting(run: (s: { n: number }) => void) {
  return m.operation('count', { source: 'test' }, w => [
    w.step('first', run),
    w.loop(
      () => true,
      [
        w.waitUntil(
          'n++',
          s => s.n < 90,
          s => {
            s.n++
          },
        ),
      ],
    ),
  ])
}

describe('a recipe that looks outside the state is detected', () => {
  const message = 'did two different things from one state; recipes may read nothing but the state and the locals'

  test('when it counts', () => {
    let calls = 0
    const operation = counting(s => {
      calls++
      s.n = calls
    })
    expect(() => explored(programOf(m, [operation]))).toThrow(ModelError)
    expect(() => explored(programOf(m, [operation]))).toThrow(`thread count: ${message}`)
  })

  test('when its condition does, deep in the space', () => {
    let calls = 0
    const fickle = m.operation('fickle', { source: 'test' }, w => [
      w.waitUntil('now and then', s => s.n === 50 && calls++ % 3 === 0),
    ])
    expect(() => explored(programOf(m, [counting(() => undefined), fickle]))).toThrow(message)
  })

  test('when it chooses', () => {
    let calls = 0
    const fickle = m.operation('fickle', { source: 'test' }, w => [
      w.choose(
        'one or two',
        [1, 2],
        () => undefined,
        (_s, _t, value) => {
          calls++
          return calls < 4 || value === 1
        },
      ),
    ])
    expect(() => explored(programOf(m, [fickle]))).toThrow(`thread fickle: ${message}`)
  })
})

describe('what may only look, only looks', () => {
  test('a condition that changes the state is detected', () => {
    const sly = m.operation('sly', { source: 'test' }, w => [
      w.waitUntil('never', s => {
        s.n++
        return false
      }),
    ])
    expect(() => explored(programOf(m, [sly]))).toThrow(
      'a condition of thread sly: changed the state; properties and conditions may only look at it',
    )
  })

  test('a property that changes the state is detected', () => {
    const sly = invariant(m, 'sly', {
      claim: '',
      clauses: {
        'n counts': s => {
          s.n = 3
          return true
        },
      },
    })
    expect(() => explored(programOf(m, [counting(() => undefined)]), [sly])).toThrow('a property: changed the state')
  })

  const never = assertion('never', 'is never said')
  test.each([
    ['throws', () => [].length > 0 || JSON.parse('no'), 'property p: threw: Unexpected token'],
    ['expects', () => claim(never, false), 'property p: calls expect; a property may only look at the state'],
    ['demands', () => demand(never, false) === undefined, 'property p: calls demand or bound'],
    ['bounds', () => bound('x', false) === undefined, 'property p: calls demand or bound'],
  ])('a property that %s is named', (_, holds, message) => {
    const program = programOf(m, [counting(() => undefined)])
    const properties = [
      invariant(m, 'p', { claim: '', clauses: { holds } }),
      invariant(m, 'p', { claim: '', premise: holds, clauses: { yes: () => true } }),
      reachable(m, 'p', { claim: '', holds }),
    ]
    for (const property of properties) {
      expect(() => explored(program, [property])).toThrow(ModelError)
      expect(() => explored(program, [property])).toThrow(message)
    }
    // Nothing of it is left for the next exploration.
    expect(explored(program).found.size).toBe(0)
  })
})

test('an invariant over things is tested for each of them, each clause', () => {
  const write = m.operation('write', { source: 'test' }, w => [
    w.choose('cell', [0, 1], (s, _, value) => {
      s.cells[value].v = 5
    }),
  ])
  const seen = new Set<number>()
  const zero = invariant(m, 'zero', {
    claim: '',
    over: { prefix: 'c', count: 2 },
    clauses: {
      any: (_, i) => seen.add(i) !== undefined,
      'v = 0': (s, i) => i === 0 || s.cells[i].v === 0,
    },
  })
  const result = explored(programOf(m, [write]), [zero])
  expect(result.found.get('zero')?.run.ordinals).toEqual([1])
  expect([...seen]).toEqual([0, 1])
})
