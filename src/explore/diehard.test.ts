import { expect, test } from 'vitest'
import {
  array,
  bool,
  checksOf,
  compile,
  does,
  explore,
  int,
  invariant,
  kernel,
  machine,
  noDeadlock,
  oneOf,
  PackedSystem,
  record,
  scenario,
  thread,
} from '../index.js'
import { createPlainStore } from './store/plain-store.js'

test('die hard', () => {
  const m = machine('jugs', record({ small: int(0, 3), big: int(0, 5), go: bool() }))
  const pour = m.operation('pour', { source: 'die-hard' }, ({ loop, choose }) => [
    loop(
      () => true,
      [
        choose('pour', [0, 1, 2, 3, 4, 5], (s, _t, v) => {
          if (v === 0) s.small = 3
          if (v === 1) s.big = 5
          if (v === 2) s.small = 0
          if (v === 3) s.big = 0
          if (v === 4) {
            const d = Math.min(5 - s.big, s.small)
            s.big += d
            s.small -= d
          }
          if (v === 5) {
            const d = Math.min(3 - s.small, s.big)
            s.small += d
            s.big -= d
          }
        }),
      ],
    ),
  ])
  const k = kernel('k', { date: '', about: '' }, [pour])
  const sc = scenario('die', m, { about: '', threads: [thread('jugs', does(pour, {}))] })
  const sys = new PackedSystem(compile(k, sc))
  const inv = invariant(m, 'not-4', { claim: 'x', clauses: { big: s => s.big !== 4 } })
  const r = explore(sys, checksOf([inv, noDeadlock], sys.shared), createPlainStore(sys.words, {}))
  expect([r.states, r.transitions + r.initialStates, r.levels, r.found.get('not-4')?.run.ordinals.length]).toEqual([
    16, 97, 8, 6,
  ])
})
void array
void oneOf
