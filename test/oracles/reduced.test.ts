import {
  alike,
  array,
  checksOf,
  compile,
  createTreeStore,
  current,
  does,
  type Exploration,
  explore,
  kernel,
  machine,
  PackedSystem,
  record,
  ref,
  scenario,
  THREAD,
  thread,
} from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { PackedSymmetry } from '../../src/program/symmetry/symmetry.js'
import { dieHard } from './die-hard.js'
import { increment, incrementLocal, incrementLock } from './increment.js'
import { abstractLock, petersonLock } from './mutual-exclusion.js'
import type { Oracle } from './oracle.js'
import { philosophers } from './philosophers.js'
import { tCommit } from './t-commit.js'
import { twoPhase } from './two-phase.js'

function reduced(oracle: Oracle, kinds: { symmetry?: boolean; alone?: 'local' | 'independent' }): Exploration {
  const { symmetry, alone } = kinds
  const system = new PackedSystem(compile(oracle.kernel, oracle.scenario), { watch: alone !== undefined })
  return explore(system, checksOf(oracle.properties, system.shared), createTreeStore(system.words), {
    reduce: {
      ...(alone && { order: { system, alone } }),
      ...(symmetry && { symmetry: new PackedSymmetry(system) }),
    },
  })
}

describe('orbits', () => {
  test.each([
    ...[80, 166, 314, 553, 920].map((orbits, i) => [twoPhase(i + 3), orbits] as const),
    ...[1, 2, 3, 4, 5, 6, 7].map(count => [incrementLock(count), 4 * count + 1] as const),
    ...[8, 22, 63].map((orbits, i) => [increment(i + 2), orbits] as const),
  ])('$name', (oracle, orbits) => {
    const { states, levels, reduction } = reduced(oracle, { symmetry: true })
    expect([states, levels]).toEqual([orbits, oracle.levels])
    expect(reduction?.symmetry?.standFor).toBe(oracle.distinct)
  })
})

test('what no call names is exchanged, too: page frames that threads take and give back', () => {
  const m = machine(
    'frames',
    record({ frames: alike('frame', array(4, record({ owner: alike(THREAD, ref('cpu', 3)) }), 'p')) }),
  )
  const use = m.operation(
    'use',
    { source: 'x.c', locals: { mine: alike('frame', ref('p', 4)) } },
    ({ choose, step }) => [
      choose(
        'take any',
        [0, 1, 2, 3],
        (s, t, frame) => {
          s.frames[frame].owner = current()
          t.mine = frame
        },
        (s, _, frame) => s.frames[frame].owner < 0,
      ),
      step('give back', (s, t) => {
        s.frames[t.mine].owner = -1
      }),
    ],
  )
  const system = new PackedSystem(
    compile(
      kernel('k', { date: '2026-01', about: 'frames' }, [use]),
      scenario('frames', m, { about: 'frames', threads: ['a', 'b', 'c'].map(name => thread(name, does(use, {}))) }),
    ),
  )
  const symmetry = new PackedSymmetry(system)
  const result = explore(system, [], createTreeStore(system.words), { reduce: { symmetry } })
  // Each thread is before, inside or behind; which frame it has does not matter, nor which thread it is.
  expect([symmetry.size, result.states]).toEqual([6 * 24, 10])
  // Of three threads some are inside, each with a frame of its own: 2^3 + 3·4·2^2 + 3·12·2 + 24.
  expect(result.reduction?.symmetry?.standFor).toBe(152)
})

const oracles = [
  ...[dieHard, petersonLock, abstractLock, twoPhase(3), tCommit(3), increment(3), incrementLock(4), incrementLocal(4)],
  philosophers(5),
]

describe.each(oracles)('$name', oracle => {
  test.each([
    { alone: 'local' as const },
    { alone: 'independent' as const },
    { alone: 'independent' as const, symmetry: true },
  ])('reduced by %o', kinds => {
    const result = reduced(oracle, kinds)
    expect([...result.found.keys()].sort()).toEqual(Object.keys(oracle.violated).sort())
    expect(result.states).toBeLessThanOrEqual(oracle.distinct)
    if (!('symmetry' in kinds)) expect(result.terminal).toBe(oracle.terminal)
  })
})
