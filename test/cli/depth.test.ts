import { describe, expect, test } from 'vitest'
import { fixture, foliocheck } from './run.js'

const model = ['--model', fixture('alike'), '--quiet']

describe.concurrent('check', () => {
  test('--reduce says what it saved', async () => {
    const { code, stdout } = await foliocheck(['check', 'crowd', '--reduce', 'all', '--property', 'counted', ...model])
    expect(code).toBe(0)
    expect(stdout).toContain('symmetry: 6 exchanges of a, b, c; the states looked at stand for')
    expect(stdout).toContain('partial order: in')
  })

  test('--reduce leaves livelocks undecided, and says so', async () => {
    const { code, stdout } = await foliocheck(['check', 'crowd', '--reduce', 'symmetry', ...model])
    expect(code).toBe(2)
    expect(stdout).toContain('inconclusive  no-livelock')
    expect(stdout).toMatch(/not in\s+reduced ones/)
  })

  test('--reduce refuses what is no symmetry', async () => {
    const { code, stderr } = await foliocheck(['check', 'unmarked', '--reduce', 'symmetry', ...model])
    expect(code).toBe(65)
    expect(stderr).toContain('the exchange of a, b, c: is no symmetry')
  })

  test.each([
    ['another strategy', ['--reduce', 'order', '--strategy', 'dfs'], 'is not for --strategy dfs'],
    ['what it does not know', ['--reduce', 'luck'], 'symmetry, order, local'],
    ['an unknown store order', ['--store-order', 'alpha'], 'sc, tso, pso'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await foliocheck(['check', 'crowd', ...args, ...model])
    expect(code).toBe(64)
    expect(stderr).toContain(message)
  })

  test('--store-order makes a store late, and a barrier undoes that', async () => {
    const sides = ['check', 'sides', '--property', 'someone-sees', ...model]
    const plain = await foliocheck([...sides, '--kernel', 'no-barrier'])
    const late = await foliocheck([...sides, '--kernel', 'no-barrier', '--store-order', 'tso'])
    const fenced = await foliocheck([...sides, '--kernel', 'barrier', '--store-order', 'tso'])
    expect([plain.code, late.code, fenced.code]).toEqual([0, 1, 0])
    expect(late.stdout).toContain('store order tso, ')
    expect(late.stdout).toContain('kernel no-barrier, store order tso')
    expect(late.stdout).toContain('[x=1]')
  })

  test('--audit: every way to search agrees', async () => {
    const { code, stdout } = await foliocheck(['check', 'crowd', 'sides', '--audit', ...model])
    expect(code).toBe(0)
    expect(stdout).toContain('2 scenarios of up to 10,000 states checked in every way: all agree')
    expect(stdout).toContain('reference semantics 2')
  })

  test('--audit notices a disagreement', async () => {
    const { code, stdout } = await foliocheck(['check', '--audit', '--quiet', '--model', fixture('moody')])
    expect(code).toBe(1)
    expect(stdout).toContain('1 disagree')
    expect(stdout).toContain('moody is proved, not violated')
  })

  test('--audit fails when it looked at nothing', async () => {
    const { code, stderr } = await foliocheck(['check', 'crowd', '--audit', '--states', '2', ...model])
    expect(code).toBe(64)
    expect(stderr).toContain('has no scenario of up to 2 states')
  })
})
