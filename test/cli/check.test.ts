import { describe, expect, test } from 'vitest'
import { fixture, foliocheck } from './run.js'

const model = ['--model', fixture('project')]
const trouble = ['--model', fixture('trouble')]

const COUNTEREXAMPLE = `✗ get-races-put   no-use-after-free   kernel v1
  claim: nobody uses the object after it was freed
  violated after 6 steps, 1 preemption; no shorter run exists (32 states were searched
  breadth-first)

  start   ref 1, listed true

     reader                 owner                       changed
     object_get()  lib/object.c
  1    list_empty(objects)                              ·
                            object_put()  lib/object.c
  2                           last = dec_and_test(ref)  ref 1→0
  3                           list_del(object)          listed true→false
  4                           kfree(object)             freed false→true
  5    ref++                                            ref 0→1
       ! the reference count is 0
  6    use(object)                                      ·
       ! the object is gone
     = lib/object.c object_get

  why   the object is gone
        freed = true, written at step 4 by owner
`

/** Without what differs from run to run. */
function steady(text: string): string {
  return text.replace(/\d+\.\d\d s, \d+ MiB/g, 'TIME, MEMORY')
}

describe.concurrent('check', () => {
  test('proves what holds on the newest kernel, and exits with 0', async () => {
    const { code, stdout, stderr } = await foliocheck(['check', ...model])
    expect(steady(stdout)).toBe(`✓ get-races-put   kernel v2
  18 states, 25 transitions, depth 6, exact, TIME, MEMORY
  proved        get-only-referenced, no-use-after-free, freed-when-unused, freed-is-unlisted,
                object-is-freed, no-deadlock

✓ put-alone   kernel v2
  8 states, 7 transitions, depth 7, exact, TIME, MEMORY
  proved        get-only-referenced, no-use-after-free, freed-when-unused, freed-is-unlisted,
                object-is-freed, no-deadlock

  2 scenarios × 6 properties: 12 proved
  26 states in all; all as expected
`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('tells a violation in full, says what the others are limited by, and exits with 1', async () => {
    const { code, stdout } = await foliocheck(['check', 'get-races-put', '--kernel', 'v1', ...model])
    expect(steady(stdout)).toContain(`✗ get-races-put   kernel v1
  32 states, 47 transitions, depth 8, exact, TIME, MEMORY
  proved        object-is-freed
  holds up to   freed-when-unused, freed-is-unlisted, no-deadlock
                limit: the violations of other properties: 1 run ends there and was not followed
  violated      get-only-referenced after 3 steps, 1 preemption
`)
    expect(stdout).toContain(COUNTEREXAMPLE)
    expect(stdout).toMatch(/2 not as expected\n$/)
    expect(code).toBe(1)
  })

  test('checks one property, on several kernels, side by side', async () => {
    const args = ['check', 'get-races-put', ...model, '--property', 'no-use-after-free', '--jobs', '2']
    const named = await foliocheck([...args, '--kernel', 'v2', '--kernel', 'v1', '--kernel', 'v2'])
    expect(named.stdout.match(/^[✓✗].*kernel v\d$/gm)).toEqual([
      '✓ get-races-put   kernel v2',
      '✗ get-races-put   kernel v1',
      '✗ get-races-put   no-use-after-free   kernel v1',
    ])
    expect(named.stdout).toContain('2 scenarios × 1 property: 1 proved, 1 violated')
    expect(named.code).toBe(1)
    const all = await foliocheck([...args, '--kernel', 'all'])
    expect(all.stdout.match(/^[✓✗].*kernel v\d$/gm)).toHaveLength(3)
  })

  test('applies patches by name, in order', async () => {
    const { code, stdout } = await foliocheck([
      'check',
      'get-races-put',
      '-k',
      'v1',
      '-p',
      'look-again',
      '-p',
      'get-unless-zero',
      ...model,
    ])
    expect(stdout).toMatch(/^✓ get-races-put {3}kernel v1 \+ look-again \+ get-unless-zero\n/)
    expect(code).toBe(0)
  })

  test('exits with 3 when a scenario does not exercise what it says', async () => {
    const { code, stdout } = await foliocheck(['check', 'idle', ...trouble, '--property', 'no-use-after-free'])
    expect(stdout).toContain(`  vacuous       no-use-after-free
                had no chance to fail, though the scenario exercises them
`)
    expect(code).toBe(3)
  })

  test('a bound of the model is told; with --strict it is exit code 2', async () => {
    const args = ['check', 'retries', ...trouble]
    const { code, stdout } = await foliocheck(args)
    expect(stdout).toContain(`  holds up to   no-deadlock
                limit: the model's bound 'tries', which cut 1 step
`)
    expect(code).toBe(0)
    expect((await foliocheck([...args, '--strict', '--property', 'no-deadlock'])).code).toBe(2)
  })

  test('--strict: a property that is vacuous everywhere is exit code 3', async () => {
    const args = ['check', 'abba', ...trouble, '--property', 'no-use-after-free']
    const { code, stdout } = await foliocheck(args)
    expect(stdout).toContain('  vacuous here  no-use-after-free\n')
    expect(code).toBe(0)
    expect((await foliocheck([...args, '--strict'])).code).toBe(3)
  })

  test('tells a deadlock: who waits where, and for what', async () => {
    const { code, stdout } = await foliocheck(['check', 'abba', ...trouble, '--property', 'no-deadlock'])
    expect(
      stdout,
    ).toContain(`  why   cpu0 waits at 'lock(second)' in lock_both; cpu1 waits at 'lock(second)' in lock_both
        lock1.held = true, written at step 2 by cpu1
        lock0.held = true, written at step 1 by cpu0
`)
    expect(code).toBe(1)
  })

  test('tells three violations of a scenario in full, and all of them with --all', async () => {
    const args = ['check', '--model', fixture('many')]
    const few = await foliocheck(args)
    expect(few.stdout.match(/^✗ dark {3}[a-e] /gm)).toHaveLength(3)
    expect(few.stdout.match(/^ {2}violated {6}[a-e] after 1 step \(told with --property [a-e]\)$/gm)).toHaveLength(2)
    const all = await foliocheck([...args, '--all'])
    expect(all.stdout.match(/^✗ dark {3}[a-e] /gm)).toHaveLength(5)
    expect(all.stdout).not.toContain('told with')
    expect(all.code).toBe(1)
  })

  test('--verbose shows the steps that never ran', async () => {
    const args = ['check', 'kept', ...trouble]
    expect((await foliocheck(args)).stdout).not.toContain('never ran')
    const { stdout } = await foliocheck([...args, '--verbose'])
    expect(stdout).toContain('  never ran     object_put: list_del(object); object_put: kfree(object)\n')
  })
})
