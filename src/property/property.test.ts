import { expect, test } from 'vitest'
import { machine } from '../program/operation.js'
import { array, int, record } from '../state/schema.js'
import { falseClause, invariant, noDeadlock, reachable } from './property.js'

const m = machine('pages', record({ pages: array(3, record({ ref: int(0, 7), owned: int(0, 7) }), 'p') }))

test('an invariant speaks of every state and of the whole, unless told otherwise', () => {
  const plain = invariant(m, 'i', { claim: 'a claim', clauses: { yes: () => true } })
  expect(plain).toMatchObject({ kind: 'invariant', when: 'always', over: { prefix: '', count: 1 } })
  expect(plain.premise({} as never)).toBe(true)
  expect(invariant(m, 'q', { claim: '', when: 'quiescent', clauses: {} }).when).toBe('quiescent')
  expect(reachable(m, 'r', { claim: 'possible', holds: () => true })).toMatchObject({ kind: 'reachable', name: 'r' })
  expect(noDeadlock).toMatchObject({ kind: 'deadlock', name: 'no-deadlock' })
})

test('the clause that is false is named, for the first thing it is false for', () => {
  const balanced = invariant(m, 'balanced', {
    claim: '',
    over: { prefix: 'p', count: 3 },
    clauses: {
      'ref >= owned': (s, p) => s.pages[p].ref >= s.pages[p].owned,
      'ref < 5': (s, p) => s.pages[p].ref < 5,
    },
  })
  const pages = (...refs: [number, number][]) => ({ pages: refs.map(([ref, owned]) => ({ ref, owned })) })
  expect(falseClause(balanced, pages([1, 1], [2, 1], [4, 4]))).toBe(undefined)
  expect(falseClause(balanced, pages([1, 1], [6, 1], [1, 4]))).toEqual({ clause: 'ref < 5', index: 1 })
  expect(falseClause(balanced, pages([1, 1], [6, 7], [1, 4]))).toEqual({ clause: 'ref >= owned', index: 1 })
})
