import { array, bool, does, int, invariant, kernel, machine, noDeadlock, record, scenario, thread } from 'foliocheck'
import type { Oracle } from './oracle.js'

const schema = record({
  turn: int(0, 1),
  held: bool(),
  by: array(2, record({ wants: bool(), inside: bool() }), 'p'),
})
const pair = machine('two processes', schema)
const params = { i: int(0, 1) }

const exclusive = invariant(pair, 'mutual-exclusion', {
  claim: 'at most one process is in its critical section',
  clauses: { 'not both': s => !(s.by[0].inside && s.by[1].inside) },
})

const peterson = pair.operation('peterson', { source: 'Peterson.tla', params }, ({ loop, step, waitUntil }) => [
  loop(
    () => true,
    [
      step('a0: outside', () => undefined),
      step('a1: want', (s, { i }) => {
        s.by[i].wants = true
      }),
      step('a2: give way', (s, { i }) => {
        s.turn = 1 - i
      }),
      waitUntil(
        'a3: await',
        (s, { i }) => !s.by[1 - i].wants || s.turn === i,
        (s, { i }) => {
          s.by[i].inside = true
        },
      ),
      step('cs', (s, { i }) => {
        s.by[i].inside = false
      }),
      step('a4: done', (s, { i }) => {
        s.by[i].wants = false
      }),
    ],
  ),
])

const lock = pair.operation('lock', { source: 'Lock.tla', params }, ({ loop, step, waitUntil }) => [
  loop(
    () => true,
    [
      step('l0: outside', () => undefined),
      waitUntil(
        'l1: acquire',
        s => !s.held,
        (s, { i }) => {
          s.held = true
          s.by[i].inside = true
        },
      ),
      step('cs', (s, { i }) => {
        s.by[i].inside = false
      }),
      step('l2: release', s => {
        s.held = false
      }),
    ],
  ),
])

function processes(body: typeof peterson) {
  return {
    kernel: kernel(body.name, { date: '', about: 'mutual exclusion' }, [body]),
    scenario: scenario(body.name, pair, {
      about: 'two processes enter again and again',
      threads: [thread('p0', does(body, { i: 0 })), thread('p1', does(body, { i: 1 }))],
    }),
    properties: [exclusive, noDeadlock],
    terminal: 0,
    violated: {},
  }
}

export const petersonLock: Oracle = {
  name: 'Peterson',
  ...processes(peterson),
  distinct: 42,
  generated: 77,
  levels: 11,
}

export const abstractLock: Oracle = { name: 'Lock(2)', ...processes(lock), distinct: 12, generated: 21, levels: 5 }
