import { array, bool, does, int, invariant, kernel, machine, noDeadlock, record, scenario, thread } from 'foliocheck'
import { type Oracle, upTo } from './oracle.js'

/** Generated states of 2 to 7 philosophers. */
const GENERATED = [9, 28, 89, 266, 769, 2164]

/** `count` philosophers, at least two, who take the left fork, take the right fork, eat, and put both back in one step. */
export function philosophers(count: number): Oracle {
  const table = machine('table', record({ fork: array(count, record({ taken: bool() }), 'fork') }))
  const dine = table.operation(
    'dine',
    { source: 'philosophers', params: { left: int(0, count - 1), right: int(0, count - 1) } },
    ({ loop, step, waitUntil }) => [
      loop(
        () => true,
        [
          waitUntil(
            'take left',
            (s, { left }) => !s.fork[left].taken,
            (s, { left }) => {
              s.fork[left].taken = true
            },
          ),
          waitUntil(
            'take right',
            (s, { right }) => !s.fork[right].taken,
            (s, { right }) => {
              s.fork[right].taken = true
            },
          ),
          step('put both back', (s, { left, right }) => {
            s.fork[left].taken = false
            s.fork[right].taken = false
          }),
        ],
      ),
    ],
  )
  return {
    name: `philosophers(${count})`,
    kernel: kernel('philosophers', { date: '', about: 'dining philosophers' }, [dine]),
    scenario: scenario('philosophers', table, {
      about: 'everyone dines for ever',
      threads: upTo(count).map(i => thread(`p${i}`, does(dine, { left: i, right: (i + 1) % count }))),
    }),
    properties: [
      invariant(table, 'some-fork-free', {
        claim: 'there is always a free fork',
        clauses: { free: s => s.fork.some(fork => !fork.taken) },
      }),
      noDeadlock,
    ],
    distinct: Math.round((1 + Math.SQRT2) ** count + (1 - Math.SQRT2) ** count),
    generated: GENERATED[count - 2],
    levels: count + 1,
    terminal: 1,
    violated: { 'no-deadlock': count, 'some-fork-free': count },
  }
}
