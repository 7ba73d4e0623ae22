import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { expectRefusal, fixture, foliocheck, json, temporaryFolder, written } from './run.js'
import { compared } from './shapes.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]
const compare = (...args: string[]) => foliocheck(['compare', ...model, ...args])

async function effects(...args: string[]) {
  const { code, value } = await json(['compare', ...model, ...args])
  const { cells } = parse(compared, value)
  return { code, cells, of: Object.fromEntries(cells.map(cell => [`${cell.scenario} ${cell.property}`, cell.effect])) }
}

describe.concurrent('compare', () => {
  test('says what a patch fixes', async () => {
    const { code, stdout, stderr } = await compare('--kernel', 'v1', '--patch', 'get-unless-zero')
    expect(stdout).toBe(`kernel v1, before and after get-unless-zero

  scenario        property              effect   before                after
  get-races-put   get-only-referenced   fixed    violated in 3 steps   proved
  get-races-put   no-use-after-free     fixed    violated in 6 steps   proved

  2 fixed, 0 broken, 0 still broken, 10 still hold, 0 vacuous
`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('says what a patch breaks, with a trace for each, and exits with 1', async () => {
    const { code, stdout } = await compare('--patch', 'never-free', '--property', 'freed-when-unused', 'put-alone')
    expect(stdout).toBe(`kernel v2, before and after never-free

  scenario    property            effect   before   after
  put-alone   freed-when-unused   BROKEN   proved   violated in 2 steps

  0 fixed, 1 broken, 0 still broken, 0 still hold, 0 vacuous

✗ put-alone   freed-when-unused   kernel v2 + never-free
  claim: when nothing runs, an object that nobody references is freed
  violated after 2 steps, 0 preemptions; no shorter run exists (7 states were searched
  breadth-first)
  without call 1 of setup

  start   ref 1, listed true

     owner                       changed
     object_put()  lib/object.c
  1    last = dec_and_test(ref)  ref 1→0
  2    list_del(object)          listed true→false
     = lib/object.c object_put

  why   not: it is freed
        freed = false, as at the start
`)
    expect(code).toBe(1)
  })

  test('a patch that changes nothing: what was broken still is, and nothing is new', async () => {
    const { code, cells, of } = await effects('-k', 'v1', '-p', 'look-again')
    expect(of['get-races-put no-use-after-free']).toBe('still broken')
    expect(of['put-alone freed-when-unused']).toBe('still holds')
    expect(cells.filter(cell => cell.effect === 'broken')).toEqual([])
    expect(code).toBe(0)
    const { stdout } = await compare('-k', 'v1', '-p', 'look-again')
    expect(stdout).toContain('2 still broken, 10 (3 up to a limit) still hold, 0 vacuous')
  })

  test('fixes one thing and breaks another', async () => {
    const { code, cells, of } = await effects('-k', 'v1', '-p', 'get-unless-zero', '-p', 'never-free')
    expect(of['get-races-put no-use-after-free']).not.toBe('still broken')
    expect(of['get-races-put freed-when-unused']).toBe('broken')
    expect(cells.find(cell => cell.effect === 'broken')?.after.counterexample?.patches).toEqual([
      'get-unless-zero',
      'never-free',
    ])
    expect(code).toBe(1)
  })

  test('tells claims that are no longer put to the test', async () => {
    const { stdout } = await compare('-p', 'never-free', '--property', 'freed-is-unlisted', 'put-alone')
    expect(stdout).toContain('0 still hold, 1 vacuous')
    expect(stdout).toContain('  untested  freed-is-unlisted has no chance to fail in put-alone any more\n')
  })

  test('patches that are there before, too', async () => {
    const { stdout } = await compare('-k', 'v1', '--base', 'look-again', '-p', 'get-unless-zero', 'get-races-put')
    expect(stdout).toMatch(/^kernel v1 \+ look-again, before and after get-unless-zero\n/)
    expect(stdout).toContain('2 fixed, 0 broken')
  })

  test('decides nothing where the search did not end, and exits with 2', async () => {
    const patch = written(
      folder,
      'nothing.ts',
      "import { patch } from 'foliocheck'\nexport default patch('nothing', { subject: '', date: '', status: '' })\n",
    )
    const { code, stdout } = await foliocheck([
      'compare',
      'far',
      '--model',
      fixture('endless'),
      '-p',
      patch,
      '--seconds',
      '0.1',
    ])
    expect(stdout).toContain('0 still hold, 0 vacuous, 2 not decided')
    expect(code).toBe(2)
  })

  test('says so when states may have been missed', async () => {
    const { code, stdout } = await compare('-p', 'look-again', 'put-alone', '--fingerprints')
    expect(stdout).toContain('  inexact   states may have been missed: fingerprints, or random walks\n')
    expect(code).toBe(0)
  })

  test('--out keeps the counterexample of what is broken, and says how to replay it', async () => {
    const out = join(folder, 'broken')
    const args = ['-p', 'never-free', '--property', 'freed-when-unused', 'put-alone', '--out', out]
    const { stdout } = await compare(...args)
    const file = 'put-alone.freed-when-unused.v2+never-free.json'
    expect(readdirSync(out)).toEqual([file])
    expect(stdout).toContain(`\n  replay  npx foliocheck replay --model ${fixture('project')} ${join(out, file)}\n`)
    expect((await foliocheck(['replay', ...model, join(out, file)])).code).toBe(1)
  })

  test('needs a patch, and one that applies', async () => {
    expectRefusal(await compare(), 64, ['compare', '--patch'])
    expectRefusal(await compare('-p', 'does-not-apply'), 65, [
      "hunk of patch does-not-apply on lock_both (v2): does not apply: there is no step 'unlock bith'",
      "did you mean 'unlock both'?",
    ])
  })
})
