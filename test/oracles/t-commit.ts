import { array, daemon, does, int, invariant, kernel, machine, noDeadlock, oneOf, record, scenario } from 'foliocheck'
import { type Oracle, upTo } from './oracle.js'

const GENERATED = [5, 23, 94, 357, 1296]

/** What two-phase commit implements: each of `count` resource managers decides by looking at all the others. */
export function tCommit(count: number): Oracle {
  const schema = record({
    rm: array(count, record({ state: oneOf('working', 'prepared', 'committed', 'aborted') }), 'rm'),
  })
  const commit = machine('transaction commit', schema)
  const resource = commit.operation(
    'resource',
    { source: 'TCommit.tla', params: { i: int(0, count - 1) } },
    ({ loop, choose }) => [
      loop(
        () => true,
        [
          choose(
            'prepare, commit or abort',
            [0, 1, 2],
            (s, { i }, action) => {
              s.rm[i].state = action === 0 ? 'prepared' : action === 1 ? 'committed' : 'aborted'
            },
            (s, { i }, action) => {
              const { state } = s.rm[i]
              if (action === 0) return state === 'working'
              if (action === 2) return state !== 'committed' && state !== 'aborted' && !some(s.rm, 'committed')
              return state === 'prepared' && !some(s.rm, 'working') && !some(s.rm, 'aborted')
            },
          ),
        ],
      ),
    ],
  )
  return {
    name: `TCommit(${count})`,
    kernel: kernel('TCommit', { date: '', about: 'transaction commit' }, [resource]),
    scenario: scenario('TCommit', commit, {
      about: 'every resource manager',
      threads: upTo(count).map(i => daemon(`rm${i}`, does(resource, { i }))),
    }),
    properties: [
      invariant(commit, 'consistent', {
        claim: 'no resource manager has committed while another has aborted',
        clauses: { 'not both': s => !(some(s.rm, 'committed') && some(s.rm, 'aborted')) },
      }),
      noDeadlock,
    ],
    distinct: 3 ** count + 2 ** count - 1,
    generated: GENERATED[count - 1],
    levels: 2 * count + 1,
    terminal: 2,
    violated: {},
  }
}

function some(rms: readonly { state: string }[], state: string): boolean {
  return rms.some(rm => rm.state === state)
}
