import { int, machine, record } from 'foliocheck'
import { expect, test } from 'vitest'
import { autSize } from '../../test/formats/graph.js'
import { programOf } from '../../test/models.js'
import { stateGraph } from '../explore/state-graph.js'
import { autText } from './aut.js'

const counter = machine('counter', record({ n: int(0, 9) }))
const countUp = counter.operation('count_up', { source: 'x.c' }, ({ step }) => [
  step('n++', s => {
    s.n++
  }),
])

function from(...starts: readonly number[]) {
  const initial = starts.map(start => (s: { n: number }) => {
    s.n = start
  })
  return programOf(counter, [countUp], { initial })
}

test('several initial states have one before them', () => {
  const graph = stateGraph(from(1, 2, 1), [], 10)
  expect(graph?.initial).toBe(2)
  const read = autSize(graph ? autText(graph) : '')
  expect(read).toMatchObject({ states: 5, transitions: 4, reached: 5 })
  expect(read.labels).toEqual(['start 1', 'start 2', 'count_up: n++', 'count_up: n++'])
})

test('one initial state is the first', () => {
  const graph = stateGraph(from(3), [], 10)
  expect(graph && autText(graph)).toBe('des (0, 1, 2)\n(0, "count_up: n++", 1)\n')
})

test('a step that stores what does not fit ends its run', () => {
  const graph = stateGraph(from(9), [], 10)
  const text = graph ? autText(graph) : ''
  expect(autSize(text)).toMatchObject({ states: 2, transitions: 1, reached: 2 })
  expect(text).toMatch(/"count_up: n\+\+ ! broke /)
})

test('no graph is made of more states than are asked for', () => {
  expect(stateGraph(from(1, 2), [], 3)).toBeUndefined()
  expect(stateGraph(from(1, 2), [], 4)?.states).toHaveLength(4)
})
