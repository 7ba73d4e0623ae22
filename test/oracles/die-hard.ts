import { does, int, invariant, kernel, machine, noDeadlock, record, scenario, thread } from 'foliocheck'
import type { Oracle } from './oracle.js'

const SMALL = 3
const BIG = 5

const jugs = machine('jugs', record({ small: int(0, SMALL), big: int(0, BIG) }))

const pour = jugs.operation('pour', { source: 'DieHard.tla' }, ({ loop, choose }) => [
  loop(
    () => true,
    [
      choose('fill, empty or pour', [0, 1, 2, 3, 4, 5], (s, _, action) => {
        const intoBig = Math.min(BIG - s.big, s.small)
        const intoSmall = Math.min(SMALL - s.small, s.big)
        if (action === 0) s.small = SMALL
        if (action === 1) s.big = BIG
        if (action === 2) s.small = 0
        if (action === 3) s.big = 0
        if (action === 4) {
          s.big += intoBig
          s.small -= intoBig
        }
        if (action === 5) {
          s.big -= intoSmall
          s.small += intoSmall
        }
      }),
    ],
  ),
])

/** Two jugs of 3 and 5 litres: the shortest way to measure 4 is a violation of the claim that it cannot be done. */
export const dieHard: Oracle = {
  name: 'DieHard',
  kernel: kernel('DieHard', { date: '', about: 'two jugs' }, [pour]),
  scenario: scenario('DieHard', jugs, { about: 'fill, empty and pour', threads: [thread('jugs', does(pour, {}))] }),
  properties: [
    invariant(jugs, 'not-4', { claim: 'the big jug never holds 4 litres', clauses: { big: s => s.big !== 4 } }),
    noDeadlock,
  ],
  distinct: 16,
  generated: 97,
  levels: 8,
  terminal: 0,
  violated: { 'not-4': 6 },
}
