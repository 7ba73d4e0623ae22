import { isMainThread } from 'node:worker_threads'
import { int, invariant, kernel, machine, record, scenario, thread } from 'foliocheck'
import { call } from '../models.js'
import { incrementLock } from '../oracles/increment.js'
import type { Oracle } from '../oracles/oracle.js'
import { philosophers } from '../oracles/philosophers.js'
import { twoPhase } from '../oracles/two-phase.js'

const SIDE = 60

/** All pairs of numbers below 60, with a property that throws at one of them: in the leader only, or in members only. */
function grid(throwsIn: 'leader' | 'members'): Oracle {
  const plane = machine('plane', record({ x: int(0, SIDE - 1), y: int(0, SIDE - 1) }))
  const count = (name: 'x' | 'y') =>
    plane.operation(name, { source: 'test' }, w => [
      w.loop(
        () => true,
        [
          w.waitUntil(
            `${name}++`,
            s => s[name] < SIDE - 1,
            s => {
              s[name]++
            },
          ),
        ],
      ),
    ])
  const operations = [count('x'), count('y')]
  const picky = invariant(plane, 'picky', {
    claim: '',
    clauses: {
      clause: s => {
        if (s.x + s.y > 40 && isMainThread === (throwsIn === 'leader')) throw new Error('boom')
        return true
      },
    },
  })
  return {
    name: `grid, throws in ${throwsIn}`,
    kernel: kernel('grid', { date: '', about: '' }, operations),
    scenario: scenario('grid', plane, {
      about: '',
      threads: operations.map(operation => thread(operation.name, call(operation))),
    }),
    properties: [picky],
    distinct: SIDE * SIDE,
    generated: 1 + 2 * SIDE * (SIDE - 1),
    levels: 2 * SIDE - 1,
    terminal: 1,
    violated: {},
  }
}

/** The models that both the leader and its members make, by name. */
export const models = {
  commit: () => twoPhase(6),
  lock: () => incrementLock(5),
  philosophers: () => philosophers(7),
  leaderThrows: () => grid('leader'),
  memberThrows: () => grid('members'),
}

export type ModelName = keyof typeof models
