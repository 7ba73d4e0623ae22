import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { expectJunit } from '../formats/junit.js'
import { expectMarkdown } from '../formats/markdown.js'
import { expectSarif } from '../formats/sarif.js'
import { expectRefusal, fixture, foliocheck, hasControls, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()

interface Reports {
  readonly code: number | null
  readonly stderr: string
  readonly json: { readonly [key: string]: unknown; readonly results: readonly Record<string, unknown>[] }
  readonly xml: string
  readonly sarif: string
  readonly md: string
}

/** Runs `check` and reads every report of it. */
async function reports(name: string, args: readonly string[]): Promise<Reports> {
  const files = ['json', 'xml', 'sarif', 'md'].map(ending => join(folder, name, `out.${ending}`))
  const { code, stderr } = await foliocheck(['check', ...args, ...files.flatMap(file => ['--report', file])])
  const [json, xml, sarif, md] = files.map(file => readFileSync(file, 'utf8'))
  expect(readdirSync(join(folder, name)).sort()).toEqual(['out.json', 'out.md', 'out.sarif', 'out.xml'])
  return { code, stderr, json: JSON.parse(json), xml, sarif, md }
}

async function schemaOf(name: string) {
  const { code, stdout } = await foliocheck(['schema', name])
  expect(code).toBe(0)
  return new Ajv2020.default({ allErrors: true }).compile(JSON.parse(stdout))
}

/** All of them are what their formats ask for. */
async function expectValid({ json, xml, sarif, md }: Reports): Promise<void> {
  const valid = await schemaOf('check')
  expect(valid(json) ? [] : valid.errors).toEqual([])
  await expectJunit(xml)
  expectSarif(sarif)
  expectMarkdown(md)
}

function index(name: string, ...known: readonly (readonly [scenario: string, property: string])[]): string[] {
  const entries = known.map(([scenario, property]) => {
    return { kernel: 'v1', patches: [], scenario, property, verdict: 'violated', note: 'rests on ref++ | <b>' }
  })
  return ['--expectations', written(folder, `${name}.json`, JSON.stringify({ bugs: [], known: entries }))]
}

const v1 = ['--model', fixture('project'), '--kernel', 'v1']

describe.concurrent('check --report', () => {
  test('tells unexpected violations', async () => {
    const told = await reports('unexpected', v1)
    await expectValid(told)
    expect(told.code).toBe(1)
    expect(told.json).toMatchObject({ format: 'foliocheck-check', version: 1, exit: 1, errors: [], missing: [] })
    expect(told.json.kernels).toEqual([{ kernel: 'v1', patches: [] }])
    expect(told.xml.match(/<failure [^>]*type="unexpected"/g)).toHaveLength(2)
    expect(told.xml).toContain('  5  reader    ref++ ')
    const { results = [] } = expectSarif(told.sarif).runs[0]
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['get-only-referenced', 'error'],
      ['no-use-after-free', 'error'],
    ])
    const [, { codeFlows = [], locations = [] }] = results
    expect(locations[0].physicalLocation?.artifactLocation?.uri).toBe('lib/object.c')
    expect(locations[0].logicalLocations?.[0].name).toBe('object_get')
    const flows = codeFlows[0].threadFlows.map(({ id, locations }) => [id, locations.map(l => l.executionOrder)])
    expect(flows).toEqual([
      ['reader', [1, 5, 6]],
      ['owner', [2, 3, 4]],
    ])
    expect(told.md).toContain('### Not as expected')
    expect(told.md).toContain('freed = true, written at step 4 by owner')
  })

  test('knows what is known: a test that passed, a note, a folded list', async () => {
    const told = await reports('known', [...v1, ...index('known', ['get-races-put', '*'])])
    await expectValid(told)
    expect(told.code).toBe(0)
    expect(told.xml).not.toContain('<failure')
    expect(told.xml.match(/<system-out>violated after .*, as is known: rests on ref\+\+ \| &lt;b&gt;</g)).toHaveLength(
      2,
    )
    expect(expectSarif(told.sarif).runs[0].results?.map(({ level }) => level)).toEqual(['note', 'note'])
    expect(told.md).toMatch(/nothing unexpected, 2 known violations, exit code 0/)
    expect(told.md).toContain('<details><summary>2 known violations</summary>')
    expect(told.md).not.toContain('Not as expected')
  })

  test('an expected violation that is not there is a failure', async () => {
    const told = await reports('missing', [
      ...v1,
      ...index('missing', ['put-alone', 'no-deadlock'], ['*', 'object-is-*']),
    ])
    await expectValid(told)
    expect(told.code).toBe(1)
    expect(told.xml.match(/<failure [^>]*type="missing"/g)).toHaveLength(2)
    expect(told.md).toContain('a violation is expected, and there is none')
    const [{ invocations = [] }] = expectSarif(told.sarif).runs
    expect(invocations[0].toolExecutionNotifications?.map(({ descriptor }) => descriptor?.id)).toEqual([
      'missing',
      'missing',
    ])
  })

  test('tells what had no chance to fail, and what holds up to a bound', async () => {
    const told = await reports('trouble', ['--model', fixture('trouble')])
    await expectValid(told)
    expect(told.xml).toContain('<skipped message="had no chance to fail here"/>')
    expect(told.xml.match(/<failure [^>]*type="untested"/g)).toHaveLength(2)
    expect(told.xml).toContain("holds up to the model's bound 'tries'")
    expect(told.md).toContain('had no chance to fail, though the scenario exercises it')
  })

  test('an inconclusive search is an error of its test, a warning, and no violation', async () => {
    const told = await reports('endless', [
      'far',
      '--model',
      fixture('endless'),
      '--states',
      '2000',
      '--seconds',
      '0.01',
    ])
    await expectValid(told)
    expect(told.code).toBe(2)
    expect(told.json.exit).toBe(2)
    expect(told.xml).toMatch(/<error message="inconclusive: [^"]*(limit|after)[^"]*"/)
    const { results, invocations = [] } = expectSarif(told.sarif).runs[0]
    expect(results).toEqual([])
    expect(invocations[0].toolExecutionNotifications?.[0]).toMatchObject({ level: 'warning' })
  })

  test('is written for the other scenarios when some fail, and has the errors', async () => {
    const told = await reports('mistakes', ['--model', fixture('mistakes'), 'put-alone', 'throws-in-step'])
    await expectValid(told)
    expect(told.code).toBe(65)
    expect(told.json.exit).toBe(65)
    expect(told.json.errors).toMatchObject([{ name: 'ModelError', message: expect.stringContaining("step 'oops'") }])
    expect(new Set(told.json.results.map(({ scenario }) => scenario))).toEqual(new Set(['put-alone']))
    expect(told.xml).toContain('<testsuite name="errors"')
    expect(told.md).toContain('### Errors')
    expect(expectSarif(told.sarif).runs[0].invocations?.[0].executionSuccessful).toBe(false)
  })

  test('names its kernels even when nothing could be checked', async () => {
    const told = await reports('nothing', ['--model', fixture('mistakes'), 'throws-in-step'])
    await expectValid(told)
    expect(told.code).toBe(65)
    expect(told.json).toMatchObject({ kernels: [{ kernel: 'broken', patches: [] }], results: [], exit: 65 })
  })

  test('fingerprints of violations are the same in every run, and differ from each other', async () => {
    const [a, b] = await Promise.all([reports('once', v1), reports('again', v1)])
    const prints = ({ sarif }: Reports) =>
      expectSarif(sarif).runs[0].results?.map(({ partialFingerprints = {} }) => partialFingerprints['violation/v1'])
    expect(prints(a)).toEqual(prints(b))
    expect(new Set(prints(a)).size).toBe(2)
  })

  test('the same rows as --json', async () => {
    const file = join(folder, 'rows.json')
    const { stdout } = await foliocheck(['check', ...v1, '--json', '--report', file])
    const { results, missing } = JSON.parse(stdout)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ results, missing })
  })

  test('nothing that a name says is taken for more than text', async () => {
    const told = await reports('evil', ['--model', fixture('hostile-texts')])
    await expectValid(told)
    expect(told.code).toBe(1)
    for (const text of [told.xml, told.sarif, told.md]) {
      expect(hasControls(text)).toBe(false)
      expect(text).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/)
    }
    expect(told.xml).not.toMatch(/<script|<!\[CDATA/)
    // Nothing leads out of the kernel tree.
    expect(told.sarif).not.toMatch(/"uri": "[^"]*\.\.\//)
    expect(told.sarif).not.toMatch(/"text": ".*(?<!\\)\[link\]\(/)
    expect(told.sarif).toContain('\\\\[link](')
  })

  test('another ending is refused, before anything is searched', async () => {
    for (const name of ['out.txt', '.json', 'out.constructor']) {
      const ran = await foliocheck(['check', ...v1, '--report', join(folder, name)])
      expectRefusal(ran, 64, ['has an unknown ending; end it with .html, .json, .md, .sarif, .xml, or leave'])
    }
  })

  test('no ending means every format', async () => {
    const { code } = await foliocheck(['check', ...v1, '--report', join(folder, 'every', 'run')])
    expect(code).toBe(1)
    expect(readdirSync(join(folder, 'every')).sort()).toEqual([
      'run.html',
      'run.json',
      'run.md',
      'run.sarif',
      'run.xml',
    ])
  })

  test('a place that cannot be written is told, and the run is not lost', async () => {
    const file = join(written(folder, 'file', ''), 'out.json')
    const { code, stdout, stderr } = await foliocheck(['check', ...v1, '--report', file])
    expect(stdout).toContain('no-use-after-free')
    expect(stderr).toContain(`${file}: cannot be written`)
    expect(code).toBe(65)
  })
})

describe.concurrent('foliocheck schema', () => {
  test('is what counterexample files are, and refuses others', async () => {
    const valid = await schemaOf('counterexample')
    const files = readdirSync('counterexamples').filter(file => file.includes('-'))
    const contents = files.map(file => JSON.parse(readFileSync(join('counterexamples', file), 'utf8')))
    const found = contents.filter(({ format }) => format === 'foliocheck-counterexample')
    expect(found.length).toBeGreaterThan(40)
    for (const one of found) expect(valid(one) ? [] : valid.errors).toEqual([])
    expect(valid({ ...found[0], steps: -1 })).toBe(false)
    expect(valid({ ...found[0], trace: undefined })).toBe(false)
  })
})
