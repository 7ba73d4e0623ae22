import {
  array,
  bool,
  daemon,
  does,
  int,
  kernel,
  machine,
  noDeadlock,
  oneOf,
  record,
  type Scenario,
  scenario,
} from 'foliocheck'
import type { BenchModel } from './lifecycle.js'

const PREPARE = 0
const ABORT = 1
const OBEY_COMMIT = 2
const OBEY_ABORT = 3

/**
 * Two-phase commit with `count` resource managers: 2^N + 4^N + 6^N states. `bench/promela/two-phase.pml` is the same
 * model.
 */
export function twoPhase(count: number): BenchModel {
  const managers = Array.from({ length: count }, (_, i) => i)
  const Resource = record({
    state: oneOf('working', 'prepared', 'committed', 'aborted'),
    /** It has told the transaction manager that it is prepared … */
    sent: bool(),
    /** … who has taken notice. */
    known: bool(),
  })
  const schema = record({
    rm: array(count, Resource, 'rm'),
    decision: oneOf('none', 'commit', 'abort'),
    known: int(0, count),
  })
  const commit = machine('two-phase commit', schema)

  const resource = commit.operation(
    'resource',
    { source: 'TwoPhase.tla', params: { i: int(0, count - 1) } },
    ({ loop, choose }) => [
      loop(
        () => true,
        [
          choose(
            'prepare, abort, or obey',
            [PREPARE, ABORT, OBEY_COMMIT, OBEY_ABORT],
            (s, t, action) => {
              const rm = s.rm[t.i]
              if (action === PREPARE) {
                rm.state = 'prepared'
                rm.sent = true
              } else rm.state = action === OBEY_COMMIT ? 'committed' : 'aborted'
            },
            (s, t, action) => {
              if (action === OBEY_COMMIT) return s.decision === 'commit'
              if (action === OBEY_ABORT) return s.decision === 'abort'
              return s.rm[t.i].state === 'working'
            },
          ),
        ],
      ),
    ],
  )

  const manager = commit.operation('manager', { source: 'TwoPhase.tla' }, ({ loop, choose }) => [
    loop(
      () => true,
      [
        choose(
          'take notice, commit, or abort',
          [...managers, count, count + 1],
          (s, _, action) => {
            if (action >= count) s.decision = action === count ? 'commit' : 'abort'
            else if (!s.rm[action].known) {
              s.rm[action].known = true
              s.known += 1
            }
          },
          (s, _, action) => {
            if (s.decision !== 'none') return false
            if (action < count) return s.rm[action].sent
            return action > count || s.known === count
          },
        ),
      ],
    ),
  ])

  const all: Scenario = scenario('two-phase commit', commit, {
    about: 'every resource manager and the transaction manager',
    threads: [daemon('tm', does(manager, {})), ...managers.map(i => daemon(`rm${i}`, does(resource, { i })))],
  })
  return {
    kernel: kernel('two-phase commit', { date: '', about: 'Gray and Lamport' }, [resource, manager]),
    scenario: all,
    properties: [noDeadlock],
  }
}
