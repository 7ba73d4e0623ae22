import { describe, expect, test } from 'vitest'
import { call, programOf } from '../../../test/models.js'
import { machine } from '../../program/operation.js'
import { PackedSystem } from '../../program/packed-system.js'
import { daemon, does, type Thread, thread } from '../../program/scenario.js'
import { invariant, noDeadlock, noLivelock } from '../../property/property.js'
import { array, bool, int, record } from '../../state/schema.js'
import { checksOf } from '../checks.js'
import { Progress } from '../progress.js'
import { exploreRuns } from './explore-runs.js'

const m = machine('cells', record({ on: bool(), items: array(3, record({ n: int(0, 99) })) }))
const alone = m.operation('alone', { source: 'x.c', params: { i: int(0, 2) } }, ({ step }) => [
  step('one', (s, { i }) => {
    s.items[i].n++
  }),
  step('two', (s, { i }) => {
    s.items[i].n++
  }),
])
const spin = m.operation('spin', { source: 'x.c', locals: { got: bool() } }, ({ step, loop }) => [
  loop(
    t => !t.got,
    [
      step('look', (s, t) => {
        t.got = s.on
      }),
    ],
  ),
])
const turn = m.operation('turn', { source: 'x.c' }, ({ step }) => [
  step('on', s => {
    s.on = true
  }),
])

function explored(
  spec: { readonly threads: readonly Thread[] },
  properties: Parameters<typeof checksOf>[0],
  options: Parameters<typeof exploreRuns>[2] = {},
) {
  const system = new PackedSystem(programOf(m, [alone, spin, turn], spec), { watch: true })
  return exploreRuns(system, checksOf(properties, system.shared), options)
}

const three = { threads: [0, 1, 2].map(i => thread(`t${i}`, does(alone, { i }))) }

describe('a search of runs', () => {
  test('follows one run of threads that have nothing to do with each other', () => {
    const { runs, states, terminal, stopped } = explored(three, [noDeadlock])
    expect({ runs, states, terminal, stopped }).toEqual({
      runs: { complete: 1, redundant: 0, searches: 1 },
      states: 6,
      terminal: 1,
      stopped: undefined,
    })
  })

  test('follows as many runs as an invariant can tell apart', () => {
    const low = invariant(m, 'low', { claim: '', clauses: { sum: s => s.items[0].n + s.items[1].n < 4 } })
    const each = invariant(m, 'each', {
      claim: '',
      over: { prefix: 'i', count: 3 },
      clauses: { few: (s, i) => s.items[i].n < 3 },
    })
    expect(explored(three, [each]).runs?.complete).toBe(1)
    const { runs, found } = explored(three, [low])
    expect(runs?.complete).toBe(6)
    expect(found.get('low')?.run.ordinals).toHaveLength(6)
  })

  test('ends runs where they come back to a state, and says so', () => {
    const { givenUp, runs } = explored({ threads: [thread('a', call(spin)), thread('b', call(turn))] }, [noLivelock])
    expect(givenUp).toEqual(new Map([['runs up to a state that they were in before', 1]]))
    expect(runs?.complete).toBe(1)
  })

  test('ends runs that are too long, and says so', () => {
    const { givenUp } = explored(three, [noDeadlock], { steps: 4 })
    expect(givenUp).toEqual(new Map([['runs of 4 steps', 1]]))
  })

  test('leaves livelocks undecided', () => {
    expect(explored(three, [noLivelock]).tested).not.toContain(noLivelock.name)
  })

  test('ends at a limit, an interrupt and a violation', () => {
    const low = invariant(m, 'low', { claim: '', clauses: { few: s => s.items[0].n < 1 } })
    expect(explored(three, [low], { limits: { states: 3 } }).stopped).toBe('states')
    const progress = new Progress()
    progress.interrupt()
    const forever = {
      threads: [0, 1, 2].map(i => daemon(`t${i}`, ...Array.from({ length: 4 }, () => does(alone, { i: 0 })))),
    }
    expect(explored(forever, [], { progress }).stopped).toBe('interrupted')
    expect(explored(three, [low], { until: { any: new Set(['low']) } }).stopped).toBe('first violation')
  })

  test('says that a bound on preemptions left something out only when it did', () => {
    const two = { threads: [0, 0].map((i, n) => thread(`t${n}`, does(alone, { i }))) }
    const bounded = (preemptions: number) => explored(two, [noDeadlock], { preemptions })
    expect(bounded(0).givenUp).toEqual(new Map([['runs of at most 0 preemptions', 2]]))
    expect(bounded(0).runs?.complete).toBe(2)
    expect(bounded(2).givenUp).toEqual(new Map())
    expect(bounded(2).runs?.complete).toBe(6)
  })
})
