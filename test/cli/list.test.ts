import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { expectRefusal, fixture, foliocheck, json, temporaryFolder, written } from './run.js'
import { listed } from './shapes.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]

describe.concurrent('list', () => {
  test('tells what there is, with one line each', async () => {
    const { code, stdout, stderr } = await foliocheck(['list', ...model])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain(`kernels
  v1  2025-12  object_get takes what it finds
  v2  2026-03  object_get takes no reference where there is none

patches
  get-unless-zero  2026-02-01  object: take no reference where there is none (merged)
                   20260201.1@example.org
  never-free       2026-02-02  object: leave the object where it is (rejected)
`)
    expect(stdout).toContain('operations\n  object_get    lib/object.c\n')
  })

  test('tells one kind only when asked', async () => {
    const { code, stdout } = await foliocheck(['list', 'properties', ...model])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^properties\n {2}get-only-referenced {2}a reference is taken only while somebody has one\n/)
    expect(stdout).not.toContain('kernels')
  })

  test('--json has the documented shape', async () => {
    const { code, value } = await json(['list', ...model])
    expect(code).toBe(0)
    const all = parse(listed, value)
    expect(all.kernels.map(({ name }) => name)).toEqual(['v1', 'v2'])
    expect(all.bugs).toEqual([])
    expect((await json(['list', 'patches', ...model])).value).toEqual({ patches: all.patches })
  })

  test('tells the bugs and the known violations of an index', async () => {
    const known = { kernel: 'v1', patches: [], scenario: 'get-races-put', property: 'no-deadlock', verdict: 'violated' }
    const index = written(folder, 'index.json', JSON.stringify({ bugs: [], known: [{ ...known, note: 'a note' }] }))
    const { stdout } = await foliocheck(['list', 'known', ...model, '--expectations', index])
    expect(stdout).toBe('known\n  get-races-put / no-deadlock  v1: a note\n\n')
  })

  test('a built-in model is taken by name, with its index', async () => {
    const all = parse(listed, (await json(['list', '--model', 'svm'])).value)
    expect(all.models.map(({ name }) => name)).toContain('svm')
    expect(all.bugs.map(({ name }) => name)).toContain('drv-devmem-not-idle')
    expectRefusal(await foliocheck(['list', '--model', 'smv']), 64, ["model 'smv': is not known; did you mean 'svm'?"])
  })

  test('the built-in models have something of every kind', async () => {
    const { code, value } = await json(['list'])
    expect(code).toBe(0)
    for (const [kind, entries] of Object.entries(parse(listed, value))) {
      if (kind === 'known') continue
      expect(entries, kind).not.toHaveLength(0)
      expect(new Set(entries.map(({ name }) => name)).size, kind).toBe(entries.length)
    }
  })

  test.each(['kernel', 'toString', '__proto__'])('refuses the kind %s', async kind => {
    expectRefusal(await foliocheck(['list', kind, ...model]), 64, [`list ${kind}`, 'not a kind of thing', /kernels/])
  })
})
