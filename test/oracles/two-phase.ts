import {
  alike,
  array,
  bool,
  daemon,
  does,
  int,
  invariant,
  kernel,
  machine,
  noDeadlock,
  oneOf,
  record,
  scenario,
} from 'foliocheck'
import { type Oracle, upTo } from './oracle.js'

const GENERATED = [20, 154, 1146, 8258, 58146, 402306]

const PREPARE = 0
const ABORT = 1
const RECEIVE_COMMIT = 2
const RECEIVE_ABORT = 3

/**
 * Two-phase commit after Gray and Lamport with `count` resource managers. Messages are never taken away, so that each
 * may be received again: a self-loop.
 */
export function twoPhase(count: number): Oracle {
  const rms = upTo(count)
  const schema = record({
    manager: oneOf('init', 'committed', 'aborted'),
    commitSent: bool(),
    abortSent: bool(),
    rm: alike(
      'rm',
      array(
        count,
        record({ state: oneOf('working', 'prepared', 'committed', 'aborted'), sent: bool(), known: bool() }),
        'rm',
      ),
    ),
  })
  const commit = machine('two-phase commit', schema)

  const resource = commit.operation(
    'resource',
    { source: 'TwoPhase.tla', params: { i: alike('rm', int(0, count - 1)) } },
    ({ loop, choose }) => [
      loop(
        () => true,
        [
          choose(
            'prepare, abort, or obey',
            [PREPARE, ABORT, RECEIVE_COMMIT, RECEIVE_ABORT],
            (s, { i }, action) => {
              const rm = s.rm[i]
              if (action === PREPARE) rm.sent = true
              if (action === PREPARE) rm.state = 'prepared'
              if (action === RECEIVE_COMMIT) rm.state = 'committed'
              if (action === ABORT || action === RECEIVE_ABORT) rm.state = 'aborted'
            },
            (s, { i }, action) => {
              if (action === RECEIVE_COMMIT) return s.commitSent
              if (action === RECEIVE_ABORT) return s.abortSent
              return s.rm[i].state === 'working'
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
          'receive prepared, commit, or abort',
          [...rms, count, count + 1],
          (s, _, action) => {
            if (action < count) s.rm[action].known = true
            else if (action === count) {
              s.manager = 'committed'
              s.commitSent = true
            } else {
              s.manager = 'aborted'
              s.abortSent = true
            }
          },
          (s, _, action) => {
            if (s.manager !== 'init') return false
            return action < count ? s.rm[action].sent : action > count || s.rm.every(rm => rm.known)
          },
        ),
      ],
    ),
  ])

  return {
    name: `TwoPhase(${count})`,
    kernel: kernel('TwoPhase', { date: '', about: 'two-phase commit' }, [resource, manager]),
    scenario: scenario('TwoPhase', commit, {
      about: 'every resource manager and the transaction manager',
      threads: [daemon('tm', does(manager, {})), ...rms.map(i => daemon(`rm${i}`, does(resource, { i })))],
    }),
    properties: [
      invariant(commit, 'consistent', {
        claim: 'no resource manager has committed while another has aborted',
        clauses: {
          'not both': s => !(s.rm.some(rm => rm.state === 'committed') && s.rm.some(rm => rm.state === 'aborted')),
        },
      }),
      noDeadlock,
    ],
    distinct: 2 ** count + 4 ** count + 6 ** count,
    generated: GENERATED[count - 1],
    levels: 3 * count + 2,
    terminal: 0,
    violated: {},
  }
}
