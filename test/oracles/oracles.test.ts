import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dieHard } from './die-hard.js'
import { increment, incrementLocal, incrementLock } from './increment.js'
import { modes } from './modes.js'
import { abstractLock, petersonLock } from './mutual-exclusion.js'
import type { Oracle } from './oracle.js'
import { philosophers } from './philosophers.js'
import { tCommit } from './t-commit.js'
import { twoPhase } from './two-phase.js'

const oracles: readonly Oracle[] = [
  dieHard,
  petersonLock,
  abstractLock,
  ...[1, 2, 3, 4, 5, 6].map(twoPhase),
  ...[1, 2, 3, 4, 5].map(tCommit),
  ...[1, 2, 3, 4].map(increment),
  ...[1, 2, 3, 4, 5].map(incrementLock),
  ...[1, 2, 3, 4, 5].map(incrementLocal),
  ...[2, 3, 4, 5, 6, 7].map(philosophers),
]

// The numbers themselves, so that a wrong formula does not agree with a wrong search.
const PUBLISHED: Readonly<Record<string, readonly [distinct: number, generated: number, levels: number]>> = {
  'TwoPhase(1)': [12, 20, 5],
  'TwoPhase(2)': [56, 154, 8],
  'TwoPhase(3)': [288, 1146, 11],
  'TwoPhase(4)': [1568, 8258, 14],
  'TwoPhase(5)': [8832, 58146, 17],
  'TwoPhase(6)': [50816, 402306, 20],
  'TCommit(2)': [12, 23, 5],
  'TCommit(3)': [34, 94, 7],
  'TCommit(4)': [96, 357, 9],
  'TCommit(5)': [274, 1296, 11],
  'increment(2)': [13, 15, 5],
  'increment(3)': [84, 112, 7],
  'increment(4)': [755, 1157, 9],
  'increment_lock(1)': [5, 5, 5],
  'increment_lock(2)': [17, 17, 9],
  'increment_lock(3)': [61, 61, 13],
  'increment_lock(4)': [257, 257, 17],
  'increment_lock(5)': [1301, 1301, 21],
  'philosophers(2)': [6, 9, 3],
  'philosophers(7)': [478, 2164, 8],
  Peterson: [42, 77, 11],
  'Lock(2)': [12, 21, 5],
  DieHard: [16, 97, 8],
}

describe.each(modes)('$name', mode => {
  test.each(oracles.filter(({ distinct }) => distinct <= mode.most))('$name', oracle => {
    const { distinct, generated, levels, terminal, violated } = mode.run(oracle)
    expect({ distinct, generated, terminal, violated: Object.keys(violated).sort() }).toEqual({
      distinct: oracle.distinct,
      generated: oracle.generated,
      terminal: oracle.terminal,
      violated: Object.keys(oracle.violated).sort(),
    })
    if (mode.shortest) expect({ levels, violated }).toEqual({ levels: oracle.levels, violated: oracle.violated })
    for (const [name, steps] of Object.entries(violated)) expect(steps).toBeGreaterThanOrEqual(oracle.violated[name])
  })
})

test('the oracles carry the published numbers', () => {
  const carried = oracles.filter(({ name }) => name in PUBLISHED)
  expect(Object.fromEntries(carried.map(o => [o.name, [o.distinct, o.generated, o.levels]]))).toEqual(PUBLISHED)
})

test('the closed forms hold for every size, in every mode', () => {
  const families = [
    { make: twoPhase, from: 1, to: 5 },
    { make: tCommit, from: 1, to: 5 },
    { make: incrementLock, from: 1, to: 6 },
    { make: incrementLocal, from: 1, to: 7 },
    { make: philosophers, from: 2, to: 7 },
  ]
  const sized = fc
    .constantFrom(...families)
    .chain(({ make, from, to }) => fc.integer({ min: from, max: to }).map(count => make(count)))
  fc.assert(
    fc.property(sized, fc.constantFrom(...modes), (oracle, mode) => {
      fc.pre(oracle.distinct <= mode.most)
      expect(mode.run(oracle).distinct).toBe(oracle.distinct)
    }),
    { numRuns: 60 },
  )
})
