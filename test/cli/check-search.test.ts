import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { fixture, foliocheck, json } from './run.js'
import { checked } from './shapes.js'

const model = ['--model', fixture('project')]
const race = ['check', 'get-races-put', '--kernel', 'v1', ...model]
const endless = ['check', 'far', '--model', fixture('endless')]

async function rows(args: readonly string[]) {
  const { code, value } = await json(args)
  return { code, rows: parse(checked, value).results }
}

describe.concurrent('check --json', () => {
  test('has one row for each property of each scenario, in the documented shape', async () => {
    const { code, rows: all } = await rows(['check', ...model])
    expect(code).toBe(0)
    expect(all.map(({ scenario, property, verdict, exercised }) => [scenario, property, verdict, exercised])).toEqual([
      ['get-races-put', 'get-only-referenced', 'proved', true],
      ['get-races-put', 'no-use-after-free', 'proved', false],
      ['get-races-put', 'freed-when-unused', 'proved', true],
      ['get-races-put', 'freed-is-unlisted', 'proved', false],
      ['get-races-put', 'object-is-freed', 'proved', true],
      ['get-races-put', 'no-deadlock', 'proved', false],
      ['put-alone', 'get-only-referenced', 'proved', false],
      ['put-alone', 'no-use-after-free', 'proved', false],
      ['put-alone', 'freed-when-unused', 'proved', true],
      ['put-alone', 'freed-is-unlisted', 'proved', false],
      ['put-alone', 'object-is-freed', 'proved', false],
      ['put-alone', 'no-deadlock', 'proved', false],
    ])
    expect(all[0]).toMatchObject({ kernel: 'v2', patches: [], limit: '', expected: 'proved', asExpected: true })
    expect(all[0]).toMatchObject({ exact: true, states: 18, transitions: 25, depth: 6, steps: null, note: '' })
  })

  test('holds the counterexample of a violation', async () => {
    const { code, rows: all } = await rows([...race, '-p', 'look-again'])
    const violated = all.filter(({ verdict }) => verdict === 'violated')
    expect(code).toBe(1)
    expect(violated.map(({ property, steps, asExpected }) => [property, steps, asExpected])).toEqual([
      ['get-only-referenced', 3, false],
      ['no-use-after-free', 6, false],
    ])
    expect(violated[1].counterexample).toMatchObject({
      kernel: 'v1',
      patches: ['look-again'],
      steps: 6,
      preemptions: 1,
      shortest: true,
      calmest: true,
      trace: { run: { initial: 0 }, threads: ['reader', 'owner'] },
    })
  })

  test('the built-in models answer in the same shape', async () => {
    const { rows: all } = await rows(['check', 'free-races-reuse', '--states', '2000'])
    expect(new Set(all.map(({ scenario }) => scenario))).toEqual(new Set(['free-races-reuse']))
  })
})

describe.concurrent('ways to search', () => {
  test('depth-first finds the same, and then the shortest', async () => {
    const { code, rows: all } = await rows([...race, '--strategy', 'dfs'])
    expect(code).toBe(1)
    expect(all.filter(row => row.verdict === 'violated').map(row => row.steps)).toEqual([3, 6])
    expect(all[0]).toMatchObject({ exact: true, states: 32, transitions: 47 })
  })

  test('runs instead of states find the same, and then the shortest', async () => {
    const { code, rows: all } = await rows([...race, '--strategy', 'dpor'])
    const { rows: states } = await rows(race)
    const told = (of: typeof all) => of.map(({ property, verdict, steps }) => ({ property, verdict, steps }))
    expect(code).toBe(1)
    expect(told(all)).toEqual(told(states))
    const { stdout } = await foliocheck([...race, '--strategy', 'dpor'])
    expect(stdout).toMatch(
      /\n {2}[\d,]+ runs in \d+ searches, [\d,]+ steps, depth \d+, exact, [\d.]+ s, nothing stored\n/,
    )
  })

  test('a bound on preemptions is a limit when it leaves runs out, and none otherwise', async () => {
    const bounded = async (n: number) =>
      (await rows(['check', 'get-races-put', ...model, '--strategy', 'dpor', '--preemptions', `${n}`])).rows
    const [none, many] = await Promise.all([bounded(0), bounded(20)])
    const limited = none.find(row => row.property === 'no-deadlock')
    expect(limited?.verdict).toBe('holds up to')
    expect(limited?.limit).toMatch(/runs of at most 0 preemptions: [\d,]+ runs not followed further/)
    expect(many.find(row => row.property === 'no-deadlock')?.verdict).toBe('proved')
  })

  test.each([
    [['--strategy', 'dpor', '--fingerprints'], /strategy dpor: remembers no states/],
    [['--preemptions', '1'], /--preemptions: means nothing to the strategy bfs; add --strategy dpor/],
    [['--strategy', 'dpor', '--preemptions', '-1'], /'-1' is invalid/],
  ])('%j is refused', async (options, message) => {
    const ran = await foliocheck([...race, ...options])
    expect(ran.stderr).toMatch(message)
    expect(ran.code).toBe(64)
  })

  test('random walks find it too, prove nothing, and are the same for the same seed', async () => {
    const walk = [...race, '--strategy', 'walk', '--seed']
    const [one, again, other] = await Promise.all(['7', '7', '8'].map(seed => rows([...walk, seed])))
    expect(one.code).toBe(1)
    expect(one.rows.map(row => row.verdict)).not.toContain('holds')
    expect(one.rows.find(row => row.property === 'no-use-after-free')?.verdict).toBe('violated')
    const untold = one.rows.find(row => row.property === 'no-deadlock')
    expect(untold).toMatchObject({ verdict: 'holds up to', exact: false })
    expect(untold?.limit).toMatch(/^random walks of [\d,]+ steps in all: the space was not searched/)
    const steady = (all: typeof one.rows) => all.map(row => ({ ...row, seconds: 0 }))
    expect(steady(again.rows)).toEqual(steady(one.rows))
    expect(other.rows[0].transitions).not.toBe(one.rows[0].transitions)
  })

  test('fingerprints are not exact, and the chance of a missed state is printed', async () => {
    const { rows: all } = await rows([...race, '--fingerprints'])
    expect(all.map(row => row.exact)).toEqual(all.map(() => false))
    const { code, stdout } = await foliocheck(['check', 'put-alone', ...model, '--fingerprints'])
    expect(stdout).toMatch(/depth 7, 64-bit fingerprints, chance of a missed state\s+below 1\.7e-18,/)
    expect(code).toBe(0)
  })

  test('fingerprints do not go with a depth-first search', async () => {
    const ran = await foliocheck([...race, '--fingerprints', '--strategy', 'dfs'])
    expect(ran.stderr).toMatch(/strategy dfs.*fingerprints/)
    expect(ran.code).toBe(64)
  })

  test('several threads search one space together, and find the same', async () => {
    const limits = [...endless, '--states', '60000', '--property', 'no-deadlock']
    const { code, rows: all } = await rows([...limits, '--jobs', '2'])
    expect(code).toBe(0)
    expect(all[0].verdict).toBe('holds up to')
    expect(all[0].limit).toMatch(/^[\d,]+ states, the limit: [\d,]+ states found but not looked at$/)
    expect(all[0].states).toBeGreaterThanOrEqual(60_000)
  })
})

describe.concurrent('limits', () => {
  test('of time: inconclusive, exit code 2', async () => {
    const { code, stdout } = await foliocheck([...endless, '--seconds', '0.2'])
    expect(stdout).toMatch(/^\? far {3}kernel v1\n/)
    expect(stdout).toMatch(/ {2}inconclusive {2}below, no-deadlock\n {16}limit: the time limit, after \d\.\d s and /)
    expect(code).toBe(2)
  })

  test('of memory: inconclusive, exit code 2', async () => {
    const { code, stdout } = await foliocheck([...endless, '--memory', '16'])
    expect(stdout).toMatch(/limit: the memory limit, at [\d,]+ states:/)
    expect(code).toBe(2)
  })

  test('of states: holds up to it; with --strict exit code 2', async () => {
    const args = [...endless, '--states', '1000', '--property', 'below']
    const { code, stdout } = await foliocheck(args)
    expect(stdout).toContain('  holds up to   below\n')
    expect(code).toBe(0)
    expect((await foliocheck([...args, '--strict'])).code).toBe(2)
  })

  test('that are huge do no harm', async () => {
    const huge = ['--states', '1e15', '--memory', '1e12', '--seconds', '1e12']
    expect((await foliocheck(['check', 'put-alone', ...model, ...huge])).code).toBe(0)
  })

  test('a violation that was found is told, whatever the limit', async () => {
    const { code, stdout } = await foliocheck(['check', 'near', ...endless.slice(2), '--seconds', '0.3'])
    expect(stdout).toContain('  violated      below after 3 steps, 0 preemptions\n')
    expect(code).toBe(1)
  })

  test.each([
    ['--states', '0'],
    ['--states', '-5'],
    ['--states', 'NaN'],
    ['--states', '1.5'],
    ['--states', ''],
    ['--seconds', '0'],
    ['--seconds', 'Infinity'],
    ['--memory', '-1'],
    ['--jobs', '0'],
    ['--jobs', '1e9'],
    ['--seed', 'x'],
    ['--strategy', 'best'],
  ])('%s %s is refused', async (option, value) => {
    const ran = await foliocheck([...endless, option, value])
    expect(ran.stderr).toMatch(
      new RegExp(`^foliocheck: option '${option} .*invalid\\. .*; see \`foliocheck --help\`\\n$`),
    )
    expect(ran.stdout).toBe('')
    expect(ran.code).toBe(64)
  })

  test('a memory limit that has no room for anything is refused', async () => {
    const ran = await foliocheck([...endless, '--memory', '0.01'])
    expect(ran.stderr).toBe('foliocheck: --memory: is 0.01 MiB, too little for the first tables; give 16 or more\n')
    expect(ran.code).toBe(64)
  })
})
