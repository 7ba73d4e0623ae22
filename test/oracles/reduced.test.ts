import { checksOf, compile, createTreeStore, type Exploration, explore, PackedSystem } from 'foliocheck'
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
