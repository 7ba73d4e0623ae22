import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { expectRefusal, fixture, foliocheck, hasControls, type Ran, ROOT, temporaryFolder } from './run.js'

const folder = temporaryFolder()
const project = ['--model', fixture('project')]
const trouble = ['--model', fixture('trouble')]

/** Steps through a scenario as these lines say. */
function stepped(args: readonly string[], ...lines: readonly string[]): Promise<Ran> {
  return foliocheck(['explore', ...args, '--terminal'], { cwd: folder, input: `${lines.join('\n')}\n` })
}

/** What was printed after each line, the first part before all of them. */
function answers({ stdout }: Ran): string[] {
  return stdout.split(/^> /m)
}

describe.concurrent('explore --terminal', () => {
  test('tells what each thread can do, what that changes, and takes the step of a number', async () => {
    const ran = await stepped(['get-races-put', '--kernel', 'v1', ...project], '2', '1')
    const [first, second, third] = answers(ran)
    expect(first).toContain('get-races-put   kernel v1   at the start\n')
    expect(first).toMatch(/ {2}reader {3}object_get\(\) lib\/object\.c\n {4}1 {2}list_empty\(objects\)/)
    expect(first).toMatch(
      / {2}owner {3}object_put\(\) lib\/object\.c\n {4}2 {2}last = dec_and_test\(ref\)\n +ref 1→0\n/,
    )
    expect(second).toContain(
      'after step 1\n  1  owner: last = dec_and_test(ref)   object_put() lib/object.c\n       ref 1→0',
    )
    expect(third).toContain('after step 2\n  2  reader: list_empty(objects)')
    expect(ran.stderr).toBe('')
    expect(ran.code).toBe(0)
  })

  test('takes steps back, and on again to where they led', async () => {
    const ran = await stepped(
      ['get-races-put', '--kernel', 'v1', ...project],
      '2 2 2',
      'b',
      'b 9',
      'g 2',
      'b',
      '1',
      'g 3',
    )
    const at = answers(ran).map(part => /(at the start|after step \d+)\n/.exec(part)?.[1])
    // The last one: a different step was taken, so that nothing lies ahead any more.
    expect(at).toEqual([
      ...['at the start', 'after step 3', 'after step 2', 'at the start', 'after step 2', 'after step 1'],
      ...['after step 2', 'after step 2'],
    ])
  })

  test('says of a thread that waits what it waits for, and of a deadlock that it is one', async () => {
    const ran = await stepped(['abba', ...trouble], '1', '2', 's threads')
    const [, , stuck, state] = answers(ran)
    expect(stuck).toContain("cpu0   waits at 'lock(second)' in lock_both() lib/lock.c: lock1.held = true")
    expect(stuck).toContain('✗ no-deadlock is violated here')
    expect(stuck).toContain('Nothing can go on: whoever waits here waits for ever.')
    expect(state).toMatch(/ {2}threads\n {4}cpu0 +waits at lock\(second\)/)
    expect(state).not.toContain('all fields')
  })

  test('shows the state as it is drawn, and below each step what it changed of that', async () => {
    const ran = await stepped(['free-races-reuse', '--kernel', 'v6.19'], '2', '1', 's', 's page-f,dev', 's all')
    const [, after, step, state, some, all] = answers(ran)
    expect(after).not.toContain('page frames')
    expect(step).toMatch(/ {7}p1\.mapcount 1→0, .*\n {7}folios\n {9}folio p1 .*\n {7}page frames\n {9}p1 /)
    expect(step).not.toMatch(/threads\n|all fields|dev_pagemap/)
    expect(state).toMatch(/ {2}locks\n[\s\S]* {2}page frames\n {4}p0: pool +p1: mm +p2: pool/)
    expect(state).not.toMatch(/threads\n|all fields/)
    expect(some.match(/^ {2}\S.*/gm)).toEqual(['  page frames', '  dev_pagemap'])
    expect(all).toContain('  all fields\n')
    // Where a model draws nothing, the fields are the state.
    const plain = await stepped(['get-races-put', '--kernel', 'v1', ...project], 's', '2')
    expect(answers(plain)[1]).toContain('  all fields\n    state  ref 1, listed true')
    expect(answers(plain)[2]).not.toContain('all fields')
  })

  test('tells steps that a bound leaves out, and takes them back', async () => {
    const ran = await stepped(['retries', ...trouble], '1 1 1 1 1', '1', 'b')
    const [, before, over, again] = answers(ran)
    expect(before).toContain("! ends the run: the model's bound 'tries' leaves this step out")
    expect(over).toContain("The run is over: the model's bound 'tries' leaves this step out")
    expect(over).not.toMatch(/^ {4}1 {2}/m)
    expect(again).toContain('after step 5\n')
    expect(ran.code).toBe(0)
  })

  test('tells values that do not fit', async () => {
    const ran = await stepped(['overflows', '--model', fixture('mistakes')], '1', 'v')
    const [, over, search] = answers(ran)
    expect(over).toContain('The run is over: the step stores a value that its field cannot hold: ')
    expect(search).toContain('can be violated from here: all 0 states were searched')
  })

  test('runs on to the nearest violation of any property, or of one', async () => {
    const args = ['get-races-put', '--kernel', 'v1', ...project]
    const any = await stepped(args, '1', 'v', 'l', 'v')
    expect(answers(any)[2]).toContain('get-only-referenced: 2 steps from here')
    expect(answers(any)[2]).toContain('✗ get-only-referenced is violated here')
    expect(answers(any)[3]).toMatch(/ 3 +ref\+\+ .*\n +! the reference count is 0\n/)
    const fatal = await stepped(args, 'v no-use-after-free', 'v')
    expect(answers(fatal)[1]).toContain('the kernel would not survive that')
    const situation = await stepped(args, 'v object-is-freed')
    expect(answers(situation)[1]).toContain('object-is-freed: 3 steps from here')
    const never = await stepped(['get-races-put', '--kernel', 'v2', ...project], 'v')
    expect(answers(never)[1]).toMatch(
      /no property that holds here can be violated from here: all \d+ states were searched/,
    )
  })

  test('runs on to what only whole spaces show: locks in two orders, and data races', async () => {
    const args = ['migrate-races-evict', '--kernel', 'v1', '--model', fixture('contention')]
    for (const property of ['lock-order', 'no-data-race']) {
      const file = join(folder, `${property}.json`)
      const ran = await stepped(args, `v ${property}`, `w ${file}`)
      expect(ran.stdout).toContain(`✗ ${property} is violated here`)
      expect((await foliocheck(['replay', file, '--model', fixture('contention')])).code).toBe(1)
    }
  })

  test('runs on to a run that goes on for ever, and tells it as that', async () => {
    const file = join(folder, 'livelock.json')
    const model = ['--model', 'page-table']
    const ran = await stepped(
      ['two-faults-one-device-page', '--kernel', 'v6.14', ...model],
      'v no-livelock',
      `w ${file}`,
      'b',
    )
    const [, found, , back] = answers(ran)
    expect(found).toMatch(
      /✗ no-livelock is violated here.*\n.*\n +for ever: cpu a repeats \d+ steps; cpu b repeats \d+ steps/,
    )
    expect(back).not.toContain('violated')
    expect((await foliocheck(['replay', file, ...model])).code).toBe(1)
    const told = await foliocheck(['explain', file, ...model])
    expect(told.stdout).toMatch(/goes on for ever: after \d+ steps, a loop of \d+ steps\n/)
  })

  test('says what was not searched', async () => {
    const ran = await stepped(['far', '--model', fixture('endless'), '--states', '2000'], 'v')
    expect(answers(ran)[1]).toMatch(/not all was searched: [\d,]+ states, the limit: [\d,]+ states found/)
  })

  test('writes a counterexample that replays, and over nothing else', async () => {
    const file = join(folder, 'found here.json')
    const ran = await stepped(['get-races-put', '--kernel', 'v1', ...project], 'v no-use-after-free', `w ${file}`)
    expect(answers(ran)[2]).toContain(`no-use-after-free in 6 steps: ${file}`)
    const replayed = await foliocheck(['replay', file, ...project])
    expect(replayed.stdout).toContain('still happens')
    expect(replayed.code).toBe(1)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      shortest: false,
      calmest: false,
      without: { threads: [] },
    })
    const other = join(folder, 'mine.txt')
    writeFileSync(other, 'mine')
    const refused = await stepped(['get-races-put', '--kernel', 'v1', ...project], 'v', `w ${other}`)
    expect(refused.stderr).toContain('is no counterexample, so it was left alone')
    expect(readFileSync(other, 'utf8')).toBe('mine')
  })

  test('writes the smallest counterexample, whichever way the run went', async () => {
    const [asStepped, smallest] = [join(folder, 'as stepped.json'), join(folder, 'smallest.json')]
    const args = ['free-races-reuse', '--kernel', 'v6.19']
    // The driver looks for memory in vain first, which is a step too many.
    const ran = await stepped(args, '1', '2', 'v', `w ${asStepped}`, `W ${smallest}`)
    expect(ran.stdout).toContain('no-access-after-handover in 13 steps')
    expect(ran.stdout).toContain('a shorter run may exist')
    expect(ran.stdout).toMatch(
      /no-access-after-handover in 12 steps: .*\n +violated after 12 steps, .*no shorter run exists/,
    )
    const [longer, least] = [asStepped, smallest].map(file => JSON.parse(readFileSync(file, 'utf8')))
    expect(longer).toMatchObject({ steps: 13, shortest: false })
    expect(least).toMatchObject({ steps: 12, shortest: true, calmest: true })
    expect((await foliocheck(['replay', smallest])).code).toBe(1)
    const nothing = await stepped(args, '1', `W ${smallest}`)
    expect(nothing.stderr).toBe('foliocheck: the run: violates no property where it ends; go on to a violation first\n')
    const short = await stepped([...args, '--states', '20'], '1', '1 1 1 1 1 1 1 1 1 1 1 1', `W ${smallest}`)
    expect(short.stderr).toContain('the smallest counterexample: was not found: ')
    expect(JSON.parse(readFileSync(smallest, 'utf8'))).toEqual(least)
  })

  test('writes nothing where nothing is violated', async () => {
    const file = join(folder, 'nothing.json')
    const ran = await stepped(['get-races-put', '--kernel', 'v1', ...project], '1', `w ${file}`)
    expect(ran.stderr).toBe('foliocheck: the run: violates no property where it ends; go on to a violation first\n')
    expect(ran.code).toBe(64)
    expect(existsSync(file)).toBe(false)
  })

  test.each([
    ['9', 'step 9: is not there; there are 1 to 2'],
    ['x', "'x': is no command; ? tells what there is"],
    ['g', 'g: needs a number; ? tells what there is'],
    ['i 2', 'initial state 2: is not there; there are 1 to 1'],
    ['v no-deadlok', "property 'no-deadlok': is not known; did you mean 'no-deadlock'?"],
    ['s xyzzyxyzzy', 's xyzzyxyzzy: is no section; give some of threads, all-fields'],
    ['w', 'w: needs the name of a file; w <file> [property]'],
  ])('%j in lines from elsewhere ends the program with what is wrong', async (line, what) => {
    const ran = await stepped(['get-races-put', '--kernel', 'v1', ...project], line, 'q')
    expect(ran.stderr).toBe(`foliocheck: ${what}\n`)
    expect(ran.code).toBe(64)
  })

  test('refuses what is not there', async () => {
    expectRefusal(await foliocheck(['explore', 'get-races-pit', ...project]), 64, ["did you mean 'get-races-put'?"])
    for (const flag of ['--json', '--port=0']) {
      const args = ['explore', 'get-races-put', ...project, '--terminal', flag]
      expectRefusal(await foliocheck(args), 64, ['with --terminal: means nothing; leave one of them out'])
    }
    expectRefusal(await foliocheck(['explore']), 64, ["missing required argument 'scenario'"])
    expectRefusal(await foliocheck(['explore', 'rare', ...project]), 65, ['needs the operation object_revive'])
    expectRefusal(await foliocheck(['explore', 'get-races-put', ...project, '--store-order', 'x']), 64, [
      '--store-order',
    ])
  })

  test('names of a model do not write to the terminal', async () => {
    const args = ['\u001b]0;title\u0007red', '--model', fixture('hostile-names')]
    const ran = await stepped(args, 'l', '1', 's', 'v', 'm', 't')
    expect(hasControls(ran.stdout)).toBe(false)
  })
})

describe.concurrent('the test that explore prints', () => {
  // Beside the modules that a user's folder would have.
  mkdirSync(join(ROOT, 'tmp'), { recursive: true })
  const own = mkdtempSync(join(ROOT, 'tmp', 'stepped-'))
  afterAll(() => rmSync(own, { recursive: true, force: true }))
  writeFileSync(join(own, 'vitest.config.ts'), 'export default { test: { include: ["**/*.test.ts"] } }\n')

  async function testOf(name: string, args: readonly string[], ...lines: readonly string[]) {
    const ran = await stepped(args, ...lines, 't')
    const text = answers(ran).at(-1) ?? ''
    const file = join(own, `${name}.test.ts`)
    writeFileSync(file, text.slice(text.indexOf('\n') + 1))
    return { text, file, passes: await passes(file) }
  }

  async function passes(file: string): Promise<boolean> {
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
    const run = promisify(execFile)(process.execPath, [vitest, 'run', '--root', own, file], { cwd: own })
    return run.then(
      () => true,
      () => false,
    )
  }

  test('passes as it is, and fails where the run or its end is another', async () => {
    const args = ['get-races-put', '--kernel', 'v1', ...project]
    const { text, file, passes: asIs } = await testOf('violated', args, 'v no-use-after-free')
    expect(text).toContain("expect(violated).toEqual(['no-use-after-free'])")
    expect(asIs).toBe(true)
    for (const [from, to] of [
      ["toEqual(['no-use-after-free'])", 'toEqual([])'],
      ["'use(object)'", "'use(it)'"],
      ["project.kernels, 'v1'", "project.kernels, 'v2'"],
    ]) {
      expect(text).toContain(from)
      writeFileSync(file, text.slice(text.indexOf('\n') + 1).replace(from, to))
      expect(await passes(file), to).toBe(false)
    }
  })

  test('expects that nothing is violated where nothing is; on patches; of a run with another beside it', async () => {
    const patched = ['get-races-put', '--kernel', 'v1', '--patch', 'get-unless-zero', ...project]
    expect(await testOf('patched', patched, '1', '2')).toMatchObject({ passes: true, text: /toEqual\(\[\]\)/ })
    const args = ['migrate-races-evict', '--kernel', 'v1', '--model', fixture('contention')]
    const locks = await testOf('locks', args, 'v lock-order')
    expect(locks.text).toContain('others: [')
    expect(locks.passes).toBe(true)
  })

  test('keeps hostile names from being read as part of it', async () => {
    const hostile = ['\u001b]0;title\u0007red', '--model', fixture('hostile-names')]
    const { text, passes } = await testOf('hostile', hostile, '1')
    expect(text).toContain("'\\u001b]0;title\\u0007red")
    expect(passes).toBe(true)
  })
})
