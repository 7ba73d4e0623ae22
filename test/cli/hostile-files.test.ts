import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Counterexample } from '../../src/check/counterexample.js'
import { expectRefusal, fixture, foliocheck, hasControls, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]
const good = join(folder, 'good', 'get-races-put.no-use-after-free.v1.json')
let text = ''

beforeAll(async () => {
  const args = ['check', 'get-races-put', '--kernel', 'v1', '--property', 'no-use-after-free', ...model]
  await foliocheck([...args, '--out', join(folder, 'good')])
  text = readFileSync(good, 'utf8')
})

type Draft = { -readonly [K in keyof Counterexample]: Counterexample[K] } & Record<string, unknown>

/** A file with a change of the good counterexample. */
function changed(name: string, change: (draft: Draft) => unknown): string {
  const draft = JSON.parse(text)
  return written(folder, `${name}.json`, JSON.stringify(change(draft) ?? draft))
}

/** Both readers of the file say the same, and name it. */
async function expectRefused(file: string, what: readonly (string | RegExp)[]): Promise<void> {
  const [explained, replayed] = await Promise.all([
    foliocheck(['explain', file]),
    foliocheck(['replay', file, ...model]),
  ])
  expectRefusal(explained, 65, [`foliocheck: ${file}: `, ...what])
  expect(replayed).toEqual(explained)
}

describe.concurrent('a file that is no counterexample', () => {
  test('missing', async () => {
    await expectRefused(join(folder, 'nowhere.json'), ['cannot be read (ENOENT', 'check the path'])
  })

  test('a folder', async () => {
    mkdirSync(join(folder, 'sub'))
    await expectRefused(join(folder, 'sub'), ['cannot be read (EISDIR'])
  })

  test('empty', async () => {
    await expectRefused(written(folder, 'empty.json', ' \n'), ['is empty; it may have been cut short; record it again'])
  })

  test('cut short', async () => {
    await expectRefused(written(folder, 'short.json', text.slice(0, text.length / 2)), [
      'is not JSON',
      'record it again',
    ])
  })

  test('not JSON, and full of terminal escapes', async () => {
    await expectRefused(written(folder, 'escapes.json', '\u001b[2J\u001b]0;gone\u0007\u009b1m'), ['is not JSON'])
  })

  test.each([
    ['an object', '{ "name": "foliocheck" }'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"foliocheck-counterexample"'],
    ['another format', '{ "format": "itf" }'],
    ['a format by inheritance', '{ "__proto__": { "format": "foliocheck-counterexample", "version": 1 } }'],
  ])('other JSON: %s', async (name, content) => {
    await expectRefused(written(folder, `${name}.json`, content), [
      'is not a counterexample of foliocheck; give a file',
    ])
  })

  test('too long, without end', async () => {
    const file = written(folder, 'long.json', '')
    const handle = openSync(file, 'r+')
    ftruncateSync(handle, 100 * 2 ** 20)
    closeSync(handle)
    await expectRefused(file, ['is longer than 32 MiB'])
    expectRefusal(await foliocheck(['explain', '/dev/zero']), 65, ['/dev/zero: is longer than 32 MiB'])
  })
})

describe.concurrent('a counterexample that is damaged', () => {
  const cases: [name: string, change: (draft: Draft) => unknown, what: (string | RegExp)[]][] = [
    ['a newer version', d => ({ ...d, version: 2 }), ['has format version 2, newer than 1; update foliocheck']],
    ['version 0', d => ({ ...d, version: 0 }), ['is damaged at version']],
    ['no version', d => ({ ...d, version: undefined }), ['is damaged at version']],
    ['no scenario', d => ({ ...d, scenario: undefined }), ['is damaged at scenario']],
    ['a number for a name', d => ({ ...d, kernel: 7 }), ['is damaged at kernel']],
    ['steps below zero', d => ({ ...d, steps: -1 }), ['is damaged at steps']],
    ['steps that are none', d => ({ ...d, steps: 1.5 }), ['is damaged at steps']],
    ['another number of steps', d => ({ ...d, steps: 5 }), ['is damaged at steps: it says 5, and has 6']],
    ['an initial state below zero', d => run(d, { initial: -1 }), ['is damaged at trace.run.initial']],
    ['an ordinal below zero', d => run(d, { ordinals: [-256, 0, 0, 0, 0, 0] }), ['is damaged at trace.run.ordinals.0']],
    [
      'an ordinal of no thread',
      d => run(d, { ordinals: [9e9, 1, 1, 1, 1, 1] }),
      ['is damaged at trace.run.ordinals.0'],
    ],
    [
      'an ordinal of another thread',
      d => run(d, { ordinals: [256, 256, 256, 256, 0, 0] }),
      ["is damaged at trace.run.ordinals.0: 256 is no step of 'reader'"],
    ],
    [
      'too few ordinals',
      d => run(d, { ordinals: [0] }),
      ['is damaged at trace.steps: there are 6 of them for 1 ordinal'],
    ],
    ['a name without end', d => ({ ...d, scenario: 'x'.repeat(100_000) }), ['is damaged at scenario']],
    ['a list without end', d => ({ ...d, patches: Array(100_000).fill('x') }), ['is damaged at patches']],
    [
      'threads without end',
      d => ({ ...d, trace: { ...d.trace, threads: Array(5000).fill('x') } }),
      ['is damaged at trace.threads'],
    ],
    ['ordinals without end', d => run(d, { ordinals: Array(200_000).fill(0) }), ['is damaged at trace.run.ordinals']],
    ['a step that is null', d => ({ ...d, trace: { ...d.trace, steps: [null] } }), ['is damaged at trace.steps.0']],
  ]

  test.each(cases)('%s', async (name, change, what) => {
    await expectRefused(changed(name, change), what)
  })
})

function run(draft: Draft, change: object): object {
  return { ...draft, trace: { ...draft.trace, run: { ...draft.trace.run, ...change } } }
}

describe.concurrent('a counterexample that lies', () => {
  test('control characters and changes of direction are not printed', async () => {
    const evil = '\u001b[31m\u001b]0;x\u0007\u009b2J\u202e\r\n✓ all is well'
    const file = changed('evil', d => ({
      ...d,
      claim: evil,
      why: { reason: evil, evidence: [{ name: evil, value: evil, writtenAt: 1, writtenBy: evil }] },
      trace: {
        ...d.trace,
        threads: [evil, 'owner'],
        steps: d.trace.steps.map(step => ({
          ...step,
          thread: step.thread === 'reader' ? evil : step.thread,
          label: evil,
          operation: evil,
          source: evil,
          said: [evil],
          stack: [evil],
          changes: [{ path: [evil], name: evil, before: evil, after: evil, ghost: false }],
        })),
      },
    }))
    const { code, stdout } = await foliocheck(['explain', file, '--verbose'])
    expect(code).toBe(0)
    expect(hasControls(stdout)).toBe(false)
    expect(stdout).not.toContain('\u202e')
    expect(stdout).not.toMatch(/^✓/m)
    const printed = await foliocheck(['explain', file, '--json'])
    expect(hasControls(printed.stdout)).toBe(false)
    expect(JSON.parse(printed.stdout)).toEqual(JSON.parse(readFileSync(file, 'utf8')))
    const replayed = await foliocheck(['replay', file, ...model])
    expect(hasControls(replayed.stdout + replayed.stderr)).toBe(false)
    expect(replayed.code).toBe(0)
  })

  test('keys of all objects are keys like others', async () => {
    const file = written(
      folder,
      'proto.json',
      text.replace('{', '{ "__proto__": { "polluted": true }, "constructor": { "prototype": {} }, "toString": 1, '),
    )
    const { code, stdout } = await foliocheck(['explain', file])
    expect(stdout).toBe((await foliocheck(['explain', good])).stdout.replace(good, file))
    expect(code).toBe(0)
  })

  test.each([
    ['kernel', '__proto__', 65, /names kernel '__proto__', which is not known/],
    ['scenario', '../../../../etc/passwd', 65, /names scenario '\.\.\/.*', which is not known/],
    ['property', 'constructor', 65, /names property 'constructor', which is not known/],
    ['scenario', '\u001b[31mred', 65, /names scenario '\ufffd\[31mred', which is not known/],
  ] as const)('a %s that is not there: %s', async (key, value, code, what) => {
    const file = changed(`unknown-${key}-${value.length}`, d => ({ ...d, [key]: value }))
    expectRefusal(await foliocheck(['replay', file, ...model]), code, [file, what])
    expect((await foliocheck(['explain', file])).code).toBe(0)
  })

  test('a patch that is not there, or that is a path', async () => {
    const unknown = changed('patch', d => ({ ...d, patches: ['get-unless-one'] }))
    expectRefusal(await foliocheck(['replay', unknown, ...model]), 65, ["names patch 'get-unless-one'", '--patch'])
  })

  test('no file decides which module runs', async () => {
    const module = written(folder, 'evil.mjs', 'console.error("it ran")')
    const file = changed('module', d => ({ ...d, patches: [module] }))
    expectRefusal(await foliocheck(['replay', file, ...model]), 65, [`names patch '${module}'`, '--patch'])
  })

  test('other steps than those of the models', async () => {
    const file = changed('steps', d => ({
      ...d,
      trace: { ...d.trace, steps: d.trace.steps.map((s, i) => (i === 1 ? { ...s, label: 'another' } : s)) },
    }))
    const { code, stdout } = await foliocheck(['replay', file, ...model])
    const told = stdout.replace(/\s+/g, ' ')
    expect(told).toContain("step 2, 'another', is now owner 'last = dec_and_test(ref)', and was owner 'another'")
    expect(code).toBe(0)
  })

  test('parts of the scenario left out that were never there, or all of it', async () => {
    const nothing = { threads: ['nobody'], actions: [{ thread: 'x', action: 99 }] }
    const file = changed('nobody', d => ({ ...d, without: nothing }))
    expect((await foliocheck(['replay', file, ...model])).code).toBe(1)
    const all = changed('all', d => ({ ...d, without: { threads: ['reader', 'owner'], actions: [] } }))
    const ran = await foliocheck(['replay', all, ...model])
    expect(ran.stdout).toContain('does not happen any more')
    expect(ran.code).toBe(0)
  })

  test('nothing was written anywhere', () => {
    expect(readdirSync(join(folder, 'good'))).toEqual(['get-races-put.no-use-after-free.v1.json'])
  })
})
