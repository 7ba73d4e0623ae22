import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectParagraphs, expectRefusal, fixture, foliocheck, json, temporaryFolder, written } from './run.js'
import { regressed } from './shapes.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]

const useAfterFree = {
  id: 'object-use-after-free',
  title: 'object_get uses an object that is gone',
  scenario: 'get-races-put',
  property: 'no-use-after-free',
  before: { kernel: 'v1', patches: [] },
  after: { kernel: 'v1', patches: ['get-unless-zero'] },
}
const notFixed = { ...useAfterFree, id: 'not-fixed', after: { kernel: 'v1', patches: ['look-again'] } }
const neverThere = { ...useAfterFree, id: 'never-there', before: { kernel: 'v2', patches: [] } }

/** A folder with an index. */
function indexed(name: string, content: object): string {
  mkdirSync(join(folder, name))
  return written(join(folder, name), 'index.json', JSON.stringify(content))
}

const all = indexed('all', { bugs: [useAfterFree, notFixed, neverThere], known: [] })
const regress = (index: string, ...args: string[]) => foliocheck(['regress', ...model, '--index', index, ...args])

beforeAll(async () => {
  const ran = await regress(all, 'object-use-after-free', '--record')
  if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr)
})

/** The recorded folder again, with one file in it replaced. */
function copied(name: string, change: (content: string) => string): string {
  cpSync(join(folder, 'all'), join(folder, name), { recursive: true })
  const file = join(folder, name, 'object-use-after-free.json')
  written(join(folder, name), 'object-use-after-free.json', change(readFileSync(file, 'utf8')))
  return join(folder, name, 'index.json')
}

describe.concurrent('regress', () => {
  test('finds a bug before its fix, proves it gone after it, and compares it with the record', async () => {
    const { code, stdout, stderr } = await regress(all, 'object-use-after-free')
    expect(stdout).toBe(`✓ object-use-after-free   no-use-after-free
  before  v1: violated after 6 steps, 1 preemption
  after   v1 + get-unless-zero: proved, 18 states

  1 bug: each found before its fix and proved gone after it
`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(readdirSync(join(folder, 'all')).sort()).toEqual(['index.json', 'object-use-after-free.json'])
  })

  test('--json has the documented shape', async () => {
    const { code, value } = await json(['regress', ...model, '--index', all, 'object-use-after-free', 'never-there'])
    expect(parse(regressed, value).bugs).toEqual([
      {
        id: 'object-use-after-free',
        property: 'no-use-after-free',
        before: {
          kernel: 'v1',
          patches: [],
          verdict: 'violated',
          steps: 6,
          preemptions: 1,
          file: join(folder, 'all', 'object-use-after-free.json'),
        },
        after: { kernel: 'v1', patches: ['get-unless-zero'], verdict: 'proved', states: 18 },
      },
      expect.objectContaining({
        before: expect.objectContaining({ verdict: 'proved', steps: null, preemptions: null }),
      }),
    ])
    expect(code).toBe(1)
  })

  test('says so when a fix fixes nothing, and when the bug was never there', async () => {
    const { code, stdout } = await regress(all, 'not-fixed', 'never-there')
    const told = stdout.replace(/\s+/g, ' ')
    expect(told).toContain('✗ not-fixed no-use-after-free')
    expect(told).toContain('problem the fix is not proved: violated')
    expect(told).toContain('not-fixed.json is missing; record it with --record')
    expect(told).toContain('problem the bug is not found on the code before its fix: proved')
    expect(told).toContain('2 of 2 bugs not as expected')
    expect(code).toBe(1)
  })

  test('takes fingerprints for no proof', async () => {
    const { code, stdout } = await regress(all, 'object-use-after-free', '--fingerprints')
    expect(stdout).toContain('  problem the fix is proved by fingerprints only; search exactly\n')
    expect(code).toBe(1)
  })

  test('notices a record that is stale', async () => {
    const longer = copied('longer', text => text.replace('"preemptions": 1', '"preemptions": 0'))
    const { code, stdout } = await regress(longer, 'object-use-after-free')
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `the shortest violation has 6 steps and 1 preemption; ${join(folder, 'longer')}/object-use-after-free.json has 6 and 0`,
    )
    expect(code).toBe(1)
    const label = copied('label', text => text.replaceAll('"label": "kfree(object)"', '"label": "vfree(object)"'))
    const ran = await regress(label, 'object-use-after-free')
    expect(ran.stdout.replace(/\s+/g, ' ')).toContain("does not replay: step 4, 'vfree(object)', is now owner 'kfree")
    expect(ran.code).toBe(1)
    const other = copied('other', text => text.replace('"kernel": "v1"', '"kernel": "v2"'))
    expect((await regress(other, 'object-use-after-free')).stdout.replace(/\s+/g, ' ')).toContain(
      'is the counterexample of something else',
    )
  })

  test('--record replaces what is stale, and nothing that is foreign', async () => {
    const stale = copied('stale', text => text.slice(0, 300))
    const refused = await regress(stale, 'object-use-after-free')
    expectRefusal(refused, 65, ['object-use-after-free.json: is not JSON', 'record it again'])
    expect((await regress(stale, 'object-use-after-free', '--record')).code).toBe(0)
    const foreign = copied('mine', () => '{ "mine": 1 }')
    const ran = await regress(foreign, 'object-use-after-free', '--record')
    expectParagraphs(ran, 1)
    expect(ran.stderr).toContain('exists and is no counterexample, so it was left alone')
    expect(ran.code).toBe(65)
    expect(readFileSync(join(folder, 'mine', 'object-use-after-free.json'), 'utf8')).toBe('{ "mine": 1 }')
  })

  test('one bug that cannot be judged does not keep the others from being told', async () => {
    const half = copied('half', () => '{')
    written(join(folder, 'half'), 'index.json', JSON.stringify({ bugs: [useAfterFree, neverThere], known: [] }))
    const { code, stdout, stderr } = await regress(half)
    expect(stdout).toMatch(/^✗ never-there/)
    expect(stderr).toMatch(/^foliocheck: .*object-use-after-free\.json: is not JSON/)
    expect(code).toBe(65)
  })
})

describe.concurrent('an index that is no good', () => {
  const cases: [name: string, content: unknown, code: number, what: (string | RegExp)[]][] = [
    ['other JSON', [], 65, ['is damaged at', 'docs/formats.md']],
    ['no bugs', { bugs: [], known: [] }, 64, ['regress: has no bugs to look at; add some to the index']],
    ['a path for an id', { bugs: [{ ...useAfterFree, id: '../x' }], known: [] }, 65, ['is damaged at bugs.0.id']],
    ['one id twice', { bugs: [useAfterFree, useAfterFree], known: [] }, 65, ["two bugs with the id 'object-use-after"]],
    [
      'an unknown kernel',
      { bugs: [{ ...useAfterFree, before: { kernel: 'v0', patches: [] } }], known: [] },
      65,
      [/index\.json: the bug object-use-after-free names kernel 'v0', which is not known; did you mean 'v1'\?/],
    ],
    [
      'an unknown property',
      { bugs: [{ ...useAfterFree, property: 'no-use' }], known: [] },
      65,
      ["names property 'no-use'"],
    ],
    [
      'a patch that does not apply',
      { bugs: [{ ...useAfterFree, after: { kernel: 'v1', patches: ['does-not-apply'] } }], known: [] },
      65,
      ["does not apply: there is no step 'unlock bith'"],
    ],
  ]

  test.each(cases)('%s', async (name, content, code, what) => {
    expectRefusal(await regress(indexed(name, content as object)), code, what)
  })

  test('missing', async () => {
    expectRefusal(await regress('nowhere.json'), 65, ['nowhere.json: cannot be read (ENOENT'])
    expectRefusal(await foliocheck(['check', ...model, '--expectations', 'nowhere.json']), 65, ['nowhere.json'])
  })
})

describe.concurrent('expected violations', () => {
  const known = (property: string, verdict = 'violated') => ({
    ...{ kernel: 'v1', patches: [], scenario: 'get-races-put', property, verdict },
    note: 'object_get takes what it finds',
  })
  const args = ['check', 'get-races-put', '--kernel', 'v1', ...model, '--expectations']

  test('are as expected, with their note', async () => {
    const index = indexed('known', { bugs: [useAfterFree], known: [known('get-only-referenced')] })
    const { code, stdout } = await foliocheck([...args, index])
    expect(stdout).toContain('                expected: object_get takes what it finds\n')
    expect(stdout).toContain(
      '                expected: object-use-after-free: object_get uses an object that is gone\n',
    )
    expect(stdout).toContain('all as expected, 2 known violations (foliocheck list known)')
    expect(code).toBe(0)
  })

  test('that are missing are exit code 1', async () => {
    const index = indexed('missing', {
      bugs: [useAfterFree],
      known: [known('get-only-referenced'), known('no-deadlock')],
    })
    const { code, stdout } = await foliocheck([...args, index])
    expect(stdout.replace(/\s+/g, ' ')).toContain('missing no-deadlock was expected to be violated: object_get takes')
    expect(code).toBe(1)
  })

  test('are not missing where the search did not end', async () => {
    const index = indexed('open', { bugs: [useAfterFree], known: [] })
    const { code } = await foliocheck([...args, index, '--seconds', '1e-9'])
    expect(code).toBe(2)
  })
})

describe('the built-in bugs', () => {
  test('one of them is found and proved gone', async () => {
    const { code, value } = await json(['regress', 'zd-stale-head-on-realloc'])
    expect(parse(regressed, value).bugs[0]).toMatchObject({
      before: { verdict: 'violated', file: 'counterexamples/zd-stale-head-on-realloc.json' },
      after: { verdict: 'proved' },
    })
    expect([0, 1]).toContain(code)
  })
})
