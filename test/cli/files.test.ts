import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectParagraphs, expectRefusal, fixture, foliocheck, json, temporaryFolder, written } from './run.js'
import { counterexample, replayed } from './shapes.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]
const race = ['check', 'get-races-put', '--kernel', 'v1', ...model]
const name = 'get-races-put.no-use-after-free.v1.json'
const kept = join(folder, 'kept')
const file = join(kept, name)
let printed = ''

beforeAll(async () => {
  const { stdout } = await foliocheck([...race, '--out', kept])
  printed = stdout
})

describe.concurrent('check --out', () => {
  test('writes one file for each violation, whole, and says how to replay it', () => {
    expect(readdirSync(kept).sort()).toEqual(['get-races-put.get-only-referenced.v1.json', name])
    expect(parse(counterexample, JSON.parse(readFileSync(file, 'utf8')))).toMatchObject({ kernel: 'v1', steps: 6 })
    expect(printed).toContain(`\n  replay  npx foliocheck replay --model ${fixture('project')} ${file}\n`)
  })

  test('makes folders, and replaces older counterexamples, also those that were cut short', async () => {
    const out = join(folder, 'new', 'deep')
    mkdirSync(out, { recursive: true })
    written(out, name, readFileSync(file, 'utf8').slice(0, 500))
    written(out, 'get-races-put.get-only-referenced.v1.json', '')
    expect((await foliocheck([...race, '--out', out])).code).toBe(1)
    expect(readFileSync(join(out, name), 'utf8')).toBe(readFileSync(file, 'utf8'))
    expect(readdirSync(out)).toHaveLength(2)
  })

  test('leaves a file alone that is none of its own; what was found is printed all the same', async () => {
    const out = join(folder, 'foreign')
    mkdirSync(out)
    const foreign = written(out, name, '{ "mine": true }')
    const ran = await foliocheck([...race, '--out', out])
    expectParagraphs(ran, 1)
    expect(ran.stderr).toContain(`${foreign}: exists and is no counterexample, so it was left alone; move it`)
    expect(ran.stdout).toContain('violated      no-use-after-free')
    expect(ran.code).toBe(65)
    expect(readFileSync(foreign, 'utf8')).toBe('{ "mine": true }')
    expect(existsSync(join(out, 'get-races-put.get-only-referenced.v1.json'))).toBe(true)
    expect(readdirSync(out)).toHaveLength(2)
  })

  test('does not begin when the folder cannot be written', async () => {
    const blocked = written(folder, 'blocked', '')
    const started = Date.now()
    const ran = await foliocheck(['check', 'far', '--model', fixture('endless'), '--out', join(blocked, 'below')])
    expectRefusal(ran, 65, [`folder ${blocked}/below: cannot be written (ENOTDIR`, '--out'])
    expect(Date.now() - started).toBeLessThan(30_000)
  })

  test('a folder where the file should be is left alone', async () => {
    const out = join(folder, 'folder')
    mkdirSync(join(out, name), { recursive: true })
    const ran = await foliocheck([...race, '--out', out])
    expectParagraphs(ran, 1)
    expect(ran.stderr).toContain(`${join(out, name)}: cannot be written (EISDIR`)
    expect(ran.code).toBe(65)
  })

  test('names of a project lead nowhere else and stay apart', async () => {
    const out = join(folder, 'a', 'b', 'c', 'd', 'names')
    const { code } = await foliocheck(['check', '--model', fixture('hostile-names'), '--out', out])
    const files = readdirSync(out)
    expect(code).toBe(1)
    expect(files).toHaveLength(5)
    for (const one of files) expect(one).toMatch(/^[\w+-][\w.+-]*\.json$/)
    expect(readdirSync(join(folder, 'a'), { recursive: true })).toHaveLength(5 + 4)
    const hint = await foliocheck(['explain', join(out, files[0])])
    expect(hint.code).toBe(0)
  })
})

describe.concurrent('explain', () => {
  test('shows what check has shown', async () => {
    const { code, stdout } = await foliocheck(['explain', file, ...model])
    expect(printed).toContain(stdout)
    expect(stdout).toMatch(/^✗ get-races-put {3}no-use-after-free {3}kernel v1\n/)
    expect(code).toBe(0)
  })

  test('--json is the content of the file', async () => {
    const { code, value } = await json(['explain', file])
    expect(value).toEqual(JSON.parse(readFileSync(file, 'utf8')))
    expect(code).toBe(0)
  })

  test('is as wide as it is told, with the threads in a column where lanes have no room', async () => {
    const { stdout } = await foliocheck(['explain', file, '--width', '60'])
    expect(
      Math.max(
        ...stdout
          .split('\n')
          .slice(0, -3)
          .map(line => line.length),
      ),
    ).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(/^ +thread +step +changed$/m)
    for (const width of ['30', '0', 'wide']) {
      expectRefusal(await foliocheck(['explain', file, '--width', width]), 64, ["'--width <columns>'", '40 to 1000'])
    }
  })

  test('--verbose shows the steps of the setup', async () => {
    const out = join(folder, 'setup')
    const args = ['check', 'put-alone', '-p', 'never-free', '--property', 'freed-when-unused']
    await foliocheck([...args, ...model, '--out', out])
    const [one] = readdirSync(out)
    const found = JSON.parse(readFileSync(join(out, one), 'utf8'))
    expect(found.without.actions).toEqual([{ thread: 'setup', action: 0 }])
    expect((await foliocheck(['explain', join(out, one), '--verbose'])).stdout).toContain('without call 1 of setup')
  })
})

describe.concurrent('replay', () => {
  test('exits with 1 while it still happens', async () => {
    const { code, stdout } = await foliocheck(['replay', file, ...model])
    expect(stdout).toBe(
      '✗ get-races-put   no-use-after-free   still happens: the same 6 steps violate no-use-after-free\n',
    )
    expect(code).toBe(1)
  })

  test.each([
    ['on the fixed kernel', ['--kernel', 'v2'], 'v2', "step 6, 'use(object)', is not possible here"],
    ['with the fix', ['--patch', 'get-unless-zero'], 'v1 + get-unless-zero', "step 6, 'use(object)', is not possible"],
    ['where a step is gone', ['--patch', 'never-free'], 'v1 + never-free', "step 4, 'kfree(object)', is not possible"],
  ])('exits with 0 %s', async (_, flags, kernel, reason) => {
    const { code, stdout } = await foliocheck(['replay', file, ...model, ...flags])
    expect(stdout.replace(/\s+/g, ' ')).toContain(`does not happen any more: ${reason}`)
    expect(stdout).toMatch(/^✓ get-races-put {3}no-use-after-free {3}/)
    expect(stdout).toContain(`\n  on kernel ${kernel}\n`)
    expect(stdout).toContain('Other steps may still lead to it')
    expect(code).toBe(0)
  })

  test('--json has the documented shape', async () => {
    const { code, value } = await json(['replay', file, ...model])
    expect(parse(replayed, value)).toMatchObject({ file, kernel: 'v1', patches: [], happens: true })
    expect(code).toBe(1)
    const fixed = await json(['replay', file, ...model, '-k', 'v2'])
    expect(parse(replayed, fixed.value)).toMatchObject({ kernel: 'v2', happens: false })
  })

  test('finds the same steps by their labels, not by their numbers', async () => {
    const { code, stdout } = await foliocheck(['replay', file, ...model, '-p', 'look-again'])
    expect(stdout).toContain('still happens')
    expect(code).toBe(1)
  })

  test('takes a patch from a file again', async () => {
    const patch = written(
      folder,
      'mine.ts',
      `import { patch, on, remove } from 'foliocheck'
export default patch('mine', { subject: '', date: '', status: '' }, on('object_put', remove('kfree(object)')))
`,
    )
    const out = join(folder, 'mine')
    const args = ['put-alone', '-p', patch, '--property', 'freed-when-unused']
    const { stdout } = await foliocheck(['check', ...args, ...model, '--out', out])
    const [one] = readdirSync(out)
    expect(one).toBe('put-alone.freed-when-unused.v2+mine.json')
    expect(stdout).toContain(`--patch ${patch} ${join(out, one)}\n`)
    expect((await foliocheck(['replay', join(out, one), ...model, '--patch', patch])).code).toBe(1)
    expectRefusal(await foliocheck(['replay', join(out, one), ...model]), 65, [
      `${join(out, one)}: names patch 'mine', which is not known; a patch from a file is given with --patch`,
    ])
  })

  test('says when the models do not know the scenario any more', async () => {
    expectRefusal(await foliocheck(['replay', file, '--model', fixture('trouble')]), 65, [
      `${file}: names kernel 'v1', which is not known; did you mean 'v2'?`,
    ])
    const args = ['replay', file, '--model', fixture('trouble'), '--kernel', 'v2']
    expectRefusal(await foliocheck(args), 64, ["scenario 'get-races-put': is not known"])
  })
})

test('a file that may not be read', async () => {
  const secret = join(folder, 'secret.json')
  writeFileSync(secret, '{}')
  chmodSync(secret, 0)
  const { code } = await foliocheck(['explain', secret])
  expect(code).toBe(65)
})
