import { describe, expect, test } from 'vitest'
import { type Expectations, expectationOf, isAbout, type Known } from './expectations.js'
import { missingKnown, type Row } from './rows.js'

const variant = { kernel: 'v2', patches: [] }

function known(scenario: string, property: string, note = `${scenario} / ${property}`): Known {
  return { ...variant, scenario, property, verdict: 'violated', note }
}

describe('a pattern', () => {
  test.each([
    ['evict-races-fork', 'evict-races-fork', true],
    ['evict-races-fork', 'evict-races-fork2', false],
    ['*', '', true],
    ['*', 'anything/at.all', true],
    ['matrix/*/fork', 'matrix/a/fork', true],
    ['matrix/*/fork', 'matrix/a/b/fork', true],
    ['matrix/*/fork', 'matrix/fork', false],
    ['matrix/*', 'matri', false],
    ['*+fork', 'evict+fork', true],
    ['*+fork', 'fork+evict', false],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
    ['a*b*b', 'abb', true],
    ['a*bc*c', 'axbc', false],
    ['a.c', 'abc', false],
    ['a(*', 'a(b', true],
  ])('%s, %s: %s', (pattern, name, fits) => {
    expect(isAbout(known(pattern, 'p'), { scenario: name, property: 'p' })).toBe(fits)
    expect(isAbout(known('s', pattern), { scenario: 's', property: name })).toBe(fits)
  })

  const expectations: Expectations = {
    bugs: [{ id: 'a-bug', title: 'of its own', scenario: 'two', property: 'p', before: variant, after: variant }],
    known: [known('t*', '*', 'a kind'), known('two', 'q', 'exactly')],
    findings: [],
    dead: [],
  }
  const expected = (scenario: string, property: string, verdict: Row['verdict']) =>
    expectationOf(expectations, variant, { scenario, property, verdict })

  test('expects violations where there are any', () => {
    expect(expected('three', 'p', 'violated')).toEqual({ verdict: 'violated', note: 'a kind' })
    expect(expected('three', 'p', 'proved')).toEqual({ verdict: 'proved', note: '' })
    expect(expected('four', 'p', 'violated')).toEqual({ verdict: 'proved', note: '' })
  })

  test('gives way to what is listed by name, which must be violated', () => {
    expect(expected('two', 'q', 'proved')).toEqual({ verdict: 'violated', note: 'exactly' })
    expect(expected('two', 'p', 'violated').note).toBe('a-bug: of its own')
    expect(expected('two', 'p', 'proved').verdict).toBe('violated')
  })

  test('is about one kernel with its patches', () => {
    const other = { kernel: 'v2', patches: ['x'] }
    const found = { scenario: 'three', property: 'p', verdict: 'violated' } as const
    expect(expectationOf(expectations, other, found).verdict).toBe('proved')
  })
})

describe('missing are', () => {
  const row = (scenario: string, verdict: Row['verdict'], limit = ''): Row => ({
    ...{ ...variant, scenario, property: 'p', verdict, limit, expected: 'proved', asExpected: true, exercised: false },
    ...{ storeOrder: 'sc', reduction: null },
    ...{ note: '', exact: true, states: 1, transitions: 1, depth: 1, seconds: 0, steps: null, counterexample: null },
  })
  const missing = (pattern: Known, ...rows: Row[]) =>
    missingKnown({ bugs: [], known: [pattern], findings: [], dead: [] }, rows).length === 1

  test('patterns that no violation fits', () => {
    expect(missing(known('t*', 'p'), row('two', 'proved'), row('one', 'violated'))).toBe(true)
    expect(missing(known('t*', 'p'), row('one', 'proved'))).toBe(true)
    expect(missing(known('t*', 'p'), row('two', 'proved'), row('three', 'violated'))).toBe(false)
  })

  test('none that are about what was not searched to its end', () => {
    expect(missing(known('t*', 'p'), row('two', 'holds up to', '10 states'))).toBe(false)
    expect(missing({ ...known('t*', 'p'), kernel: 'v1' }, row('two', 'proved'))).toBe(false)
  })

  test('none that are listed by name: those are told where they hold', () => {
    expect(missing(known('two', 'p'), row('two', 'proved'))).toBe(false)
  })
})
