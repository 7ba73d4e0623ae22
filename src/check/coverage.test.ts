import { bool, does, int, kernel, machine, record, scenario, thread } from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { checkScenario } from './check-scenario.js'
import { kernelCoverage } from './kernel-coverage.js'

const shared = machine('covered', record({ ready: bool(), n: int(0, 3) }))

const give = shared.operation('give', { source: 'mm/give.c' }, ({ step }) => [
  step('prepare', s => {
    s.n = 1
  }),
  step('ready = true', s => {
    s.ready = true
  }),
])

const take = shared.operation(
  'take',
  { source: 'mm/take.c', locals: { got: int(0, 3), i: int(0, 2) } },
  ({ step, waitUntil, test, choose, when, loop, local }) => [
    waitUntil('wait for it', s => s.ready),
    test(
      'n == 1',
      s => s.n === 1,
      [],
      [
        step('never', s => {
          s.n = 0
        }),
      ],
    ),
    choose(
      'pick',
      [1, 2, 3],
      (_, t, value) => {
        t.got = value
      },
      (_, __, value) => value < 3,
    ),
    when(t => t.got === 2, [step('second', () => undefined)], [step('first', () => undefined)]),
    loop(
      t => t.i < 2,
      [
        local(t => {
          t.i++
        }),
      ],
    ),
    when(t => t.got === 3, [step('third', () => undefined)]),
  ],
)

const k = kernel('v1', { date: '2026-01', about: '' }, [give, take])
const both = scenario('both', shared, {
  about: '',
  threads: [thread('a', does(give, {})), thread('b', does(take, {}))],
})
const lone = scenario('lone', shared, { about: '', threads: [thread('a', does(give, {}))] })

describe('coverage of a small model', () => {
  const { coverage, dead } = checkScenario(k, both, [], { coverage: true })
  const [gave, took] = coverage.operations

  test('has every step, and whether it ran', () => {
    expect(gave).toMatchObject({ operation: 'give', source: 'mm/give.c', branches: [] })
    const ran = (of: typeof gave) => of.steps.map(({ label, times }) => [label, times > 0])
    expect(ran(gave)).toEqual([
      ['prepare', true],
      ['ready = true', true],
    ])
    expect(Object.fromEntries(ran(took))).toEqual({
      'wait for it': true,
      'n == 1': true,
      never: false,
      pick: true,
      second: true,
      first: true,
      third: false,
    })
    expect(dead).toEqual([
      { operation: 'take', label: 'never' },
      { operation: 'take', label: 'third' },
    ])
    expect(coverage).toMatchObject({ whole: true, caveat: '' })
  })

  test('has every branch of tests, waits, choices and hidden decisions', () => {
    const taken = new Map(took.branches?.map(({ step, branch, taken }) => [`${step}: ${branch}`, taken]))
    expect(Object.fromEntries(taken)).toEqual({
      'wait for it: ready': true,
      'wait for it: not ready': true,
      'n == 1: yes': true,
      'n == 1: no': false,
      'pick: 1': true,
      'pick: 2': true,
      'pick: 3': false,
      "if after 'pick': yes": true,
      "if after 'pick': no": true,
      "loop after 'first': yes": true,
      "loop after 'first': no": true,
      "if after 'first': yes": false,
      "if after 'first': no": true,
    })
  })

  test('has every order of two steps of different threads', () => {
    // The taker cannot move before the giver is done, and the giver stands nowhere then.
    expect(coverage.orders).toEqual([
      {
        first: 'give',
        second: 'take',
        taken: [
          ['prepare', 'wait for it'],
          ['ready = true', 'wait for it'],
        ],
        firstStood: ['prepare', 'ready = true'],
        secondStood: ['wait for it', 'n == 1', 'pick', 'first', 'second'],
      },
      expect.objectContaining({ first: 'take', second: 'give', taken: [] }),
    ])
  })

  test('has steps alone unless asked, and says why where states are not kept', () => {
    const plain = checkScenario(k, both, []).coverage
    expect(plain.operations.map(({ branches }) => branches)).toEqual([null, null])
    expect(plain.operations.map(({ steps }) => steps)).toEqual(coverage.operations.map(({ steps }) => steps))
    expect(plain.orders).toBeNull()
    const caveats = [{ fingerprints: true }, { strategy: 'walk' as const }, { strategy: 'dpor' as const }].map(
      options => checkScenario(k, both, [], { ...options, coverage: true }).coverage.caveat,
    )
    expect(caveats).toEqual([
      'fingerprints keep no states to look at',
      'the strategy walk keeps no states',
      'the strategy dpor keeps no states',
    ])
    const few = checkScenario(k, both, [], { coverage: true, limits: { states: 3 } }).coverage
    expect(few).toMatchObject({ whole: false, caveat: 'not all was searched' })
    const reduced = checkScenario(k, both, [], { coverage: true, reduce: ['symmetry'] }).coverage
    expect(reduced).toMatchObject({ whole: false, caveat: 'a reduction left states out' })
  })

  test('of a kernel is that of all its scenarios; a step is dead when none takes it', () => {
    const results = [both, lone].map(one => checkScenario(k, one, [], { coverage: true }))
    const expectedDead = [
      { operation: 'take', step: 'never', note: 'n is 1 by then' },
      { operation: 'give', step: 'prepare', note: 'wrong' },
      { kernel: 'v0', operation: 'take', step: 'third', note: 'another kernel' },
    ]
    const [total] = kernelCoverage(results, expectedDead)
    expect(total.stale).toEqual([expectedDead[1]])
    expect(total.operations).toMatchObject([
      { operation: 'give', scenarios: 2, whole: true, untaken: [], orders: { taken: 2, possible: 10 } },
      {
        operation: 'take',
        scenarios: 1,
        untaken: [
          { step: 'never', note: 'n is 1 by then' },
          { step: 'third', note: null },
        ],
        orders: { taken: 0, possible: 10 },
      },
    ])
    expect(kernelCoverage([results[1]], [])[0].operations).toMatchObject([{ operation: 'give', untaken: [] }])
  })
})
