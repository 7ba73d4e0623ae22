import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectItf, type Itf } from '../formats/itf.js'
import { expectRefusal, fixture, foliocheck, hasControls, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()

/** Stored counterexamples of each model: of assertions, invariants, deadlocks, livelocks, locks in two orders, races. */
const STORED: readonly (readonly [bug: string, model: string])[] = [
  ['zd-set-count-after-page-free', 'life-cycle'],
  ['zd-stale-order-is-pg-locked', 'life-cycle'],
  ['zd-reinit-subset-data-race', 'life-cycle'],
  ['dp-zap-pmd-ordering', 'page-table'],
  ['dp-fault-pileup-livelock', 'page-table'],
  ['dp-uffd-wp-lost-on-downgrade', 'page-table'],
  ['drv-amdkfd-folio-lock-inversion', 'svm'],
  ['drv-pagemap-provider-lifetime', 'svm'],
  ['thp-split-xarray-vs-try-get', 'folio-split'],
]

async function itfOf(bug: string, model: string): Promise<{ file: string; trace: Itf }> {
  const { code, stdout, stderr } = await foliocheck([
    ...['explain', join('counterexamples', `${bug}.json`)],
    ...['--format', 'itf', '--model', model],
  ])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return { file: written(folder, `${bug}.itf.json`, stdout), trace: expectItf(stdout) }
}

/** Writes a change of a trace. */
function changed(name: string, trace: Itf, change: (draft: Itf & Record<string, unknown>) => void): string {
  const draft = structuredClone(trace) as Itf & Record<string, unknown>
  change(draft)
  return written(folder, `${name}.itf.json`, JSON.stringify(draft))
}

/** Without what says that it is ours: states of the machine alone. */
function foreign(name: string, trace: Itf): string {
  return changed(name, trace, draft => {
    delete (draft['#meta'] as Record<string, unknown>).foliocheck
    Object.assign(draft, { vars: draft.vars.filter(name => !['pc', 'locals', 'action'].includes(name)) })
  })
}

describe.concurrent('a trace that went out as ITF', () => {
  test.each(STORED)('comes in again and still happens: %s', async (bug, model) => {
    const { file, trace } = await itfOf(bug, model)
    const stored = JSON.parse(readFileSync(join('counterexamples', `${bug}.json`), 'utf8'))
    expect(trace.states).toHaveLength(stored.trace.steps.length + 1)
    const labels = trace.states.slice(1).map(({ action }) => (action as { step: string }).step)
    expect(labels).toEqual(stored.trace.steps.map(({ label }: { label: string }) => label))
    const { code, stdout } = await foliocheck(['replay', file, '--model', model])
    expect(stdout).toMatch(/^✗ .* states violate/)
    expect(code).toBe(1)
    const { loop } = stored.trace.run
    expect(trace.loop).toBe(loop === undefined ? undefined : trace.states.length - loop)
  })

  test('does not, when a state was changed', async () => {
    const { trace } = await itfOf('zd-set-count-after-page-free', 'life-cycle')
    const file = changed('tampered', trace, ({ states }) => {
      Object.assign(states[7], { outcome: 'another' })
    })
    const { code, stdout } = await foliocheck(['replay', file])
    expect(stdout).toMatch(/^✓ .* in state 7 outcome\S* is .*, and "another" in the file/)
    expect(code).toBe(0)
  })

  test('tells the same as JSON', async () => {
    const { file } = await itfOf('zd-stale-order-is-pg-locked', 'life-cycle')
    const { stdout } = await foliocheck(['replay', file, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      file,
      kernel: 'v6.19',
      patches: ['reinit-pgmap-only'],
      scenario: 'realloc-every-page-alone',
      property: 'no-deadlock',
      happens: true,
    })
  })
})

describe.concurrent('a trace in ITF from elsewhere', () => {
  const on = ['--scenario', 'free-races-reuse-hmm', '--kernel', 'v6.0']

  test('is followed state by state', async () => {
    const { trace } = await itfOf('zd-set-count-after-page-free', 'life-cycle')
    const file = foreign('foreign', trace)
    const { code, stdout } = await foliocheck(['replay', file, ...on])
    expect(stdout).toContain(`the models go through all ${trace.states.length} states`)
    expect(stdout).toContain('free-only-unused-folio')
    expect(code).toBe(1)
  })

  test('the first state that no step leads to is told', async () => {
    const { trace } = await itfOf('zd-set-count-after-page-free', 'life-cycle')
    const file = foreign('skipping', { ...trace, states: trace.states.filter((_, i) => i !== 5 && i !== 6 && i !== 7) })
    const { code, stdout } = await foliocheck(['replay', file, ...on])
    expect(stdout).toMatch(/^✓ .* no step leads to state \d+: after setup '/)
    expect(code).toBe(0)
  })

  test('its loop is followed, too', async () => {
    const { trace } = await itfOf('dp-fault-pileup-livelock', 'page-table')
    const stored = JSON.parse(readFileSync(join('counterexamples', 'dp-fault-pileup-livelock.json'), 'utf8'))
    const file = foreign('loop', trace)
    const setting = ['--scenario', stored.scenario, '--kernel', stored.kernel, '--model', 'page-table']
    const { code, stdout } = await foliocheck(['replay', file, ...setting])
    expect(stdout).toMatch(/violates .*no-livelock/)
    expect(code).toBe(1)
  })

  test.each<[string, (draft: Itf & Record<string, unknown>) => void, readonly (string | RegExp)[]]>([
    ['no states', draft => Object.assign(draft, { states: [] }), ['is damaged at states']],
    [
      'a loop to nowhere',
      draft => Object.assign(draft, { loop: 9999 }),
      ['is damaged at loop: there is no state 9999'],
    ],
    ['a variable of no state', draft => Object.assign(draft, { vars: ['nope'] }), ["it has no 'nope'"]],
    [
      'a variable that the model lacks',
      draft => Object.assign(draft, { vars: ['\u001b[2Jx'], states: [{ '\u001b[2Jx': 1 }] }),
      [/has the variable '\ufffd\[2Jx', which the model does not know; it knows .*pages/],
    ],
  ])('%s', async (name, change, what) => {
    const { trace } = await itfOf('zd-set-count-after-page-free', 'life-cycle')
    const file = changed(name.replaceAll(' ', '-'), { ...trace, '#meta': { format: 'ITF' } }, change)
    const ran = await foliocheck(['replay', file, ...on])
    expectRefusal(ran, 65, [file, ...what])
  })

  test('values of any shape and depth are compared', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const file = written(
      folder,
      'deep.itf.json',
      `{"#meta":{"format":"ITF"},"vars":["pages"],"states":[{"pages":${deep}}]}`,
    )
    const { code, stdout } = await foliocheck(['replay', file, ...on])
    expect(stdout).toContain('no step leads to state 0: at the start pages')
    expect(code).toBe(0)
  })

  test('needs the name of a scenario, and takes none where the trace has one', async () => {
    const { file, trace } = await itfOf('zd-set-count-after-page-free', 'life-cycle')
    const bare = foreign('bare', trace)
    expectRefusal(await foliocheck(['replay', bare]), 64, ['names no scenario of foliocheck; say with --scenario'])
    expectRefusal(await foliocheck(['replay', file, ...on]), 64, ['--scenario: is for traces that name none'])
  })
})

describe.concurrent('explain --format itf', () => {
  test('of another model is refused', async () => {
    const file = join('counterexamples', 'dp-zap-pmd-ordering.json')
    expectRefusal(await foliocheck(['explain', file, '--format', 'itf']), 65, [
      `${file}: names kernel 'RFC', which is not known`,
    ])
  })

  test('goes out and in with names and values of any kind', async () => {
    const model = ['--model', fixture('hostile-texts')]
    const out = join(folder, 'evil')
    const { stdout: listed } = await foliocheck(['check', ...model, '--out', out, '--json'])
    const [{ counterexample }] = (JSON.parse(listed) as { results: { counterexample: object }[] }).results
    const file = written(folder, 'evil.json', JSON.stringify(counterexample))
    const { stdout, code } = await foliocheck(['explain', file, '--format', 'itf', ...model])
    expect(code).toBe(0)
    expect(hasControls(stdout)).toBe(false)
    expectItf(stdout)
    const replayed = await foliocheck(['replay', written(folder, 'evil.itf.json', stdout), ...model])
    expect(replayed.code).toBe(1)
    expect(hasControls(replayed.stdout)).toBe(false)
  })
})
