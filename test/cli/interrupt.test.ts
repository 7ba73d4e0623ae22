import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { fixture, foliocheck, type Ran, temporaryFolder, written } from './run.js'
import { checked } from './shapes.js'

const folder = temporaryFolder()
const endless = ['--model', fixture('endless')]
const TOLD = 'foliocheck: interrupted; ending with what was found so far (again to quit at once)\n'

/** How soon a run must end: more than is promised, since the machine may have other work. */
const SOON_MS = 6000

/** Runs the command until so many searches are under way, and sends it signals. Tells how long it took to end then. */
async function interrupted(
  args: readonly string[],
  { searches = 1, signals = ['SIGINT'] }: { readonly searches?: number; readonly signals?: NodeJS.Signals[] } = {},
): Promise<Ran & { readonly took: number }> {
  let sent = 0
  const { stderr, ...ran } = await foliocheck(args, {
    env: { TELL: '1' },
    started: child => {
      let told = ''
      child.stderr?.on('data', (part: string) => {
        told += part
        if (sent > 0 || told.split('under way').length <= searches) return
        sent = performance.now()
        signals.forEach((signal, i) => {
          setTimeout(() => child.kill(signal), 20 * i)
        })
      })
    },
  })
  return { ...ran, stderr: stderr.replaceAll('under way\n', ''), took: performance.now() - sent }
}

describe.concurrent('Ctrl-C', () => {
  test('ends a search with what it has: inconclusive, exit code 2', async () => {
    const ran = await interrupted(['check', 'far', ...endless])
    expect(ran.stdout).toMatch(/^\? far {3}kernel v1\n/)
    expect(ran.stdout).toMatch(/inconclusive {2}below, no-deadlock\n +limit: an interrupt, after [\d,]+ states: [\d,]+/)
    expect(ran.stderr).toBe(TOLD)
    expect(ran.code).toBe(2)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('so does a request to terminate, in JSON and by one thread', async () => {
    const args = ['check', 'far', ...endless, '--json', '--jobs', '1', '--fingerprints']
    const ran = await interrupted(args, { signals: ['SIGTERM'] })
    const { results } = parse(checked, JSON.parse(ran.stdout))
    expect(results.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive'])
    expect(results[0].states).toBeGreaterThan(1000)
    expect(ran.code).toBe(2)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('keeps what was found: scenarios that are done, violations, and the files of --out', async () => {
    const out = join(folder, 'out')
    const ran = await interrupted(['check', ...endless, '--out', out, '--jobs', '2'], { searches: 2 })
    expect(ran.stdout).toMatch(/^\? far {3}kernel v1$/m)
    expect(ran.stdout).toMatch(/^✗ near {3}kernel v1$/m)
    expect(ran.stdout).toContain('  violated      below after 3 steps, 0 preemptions\n')
    expect(readdirSync(out)).toEqual(['near.below.v1.json'])
    expect((await foliocheck(['replay', join(out, 'near.below.v1.json'), ...endless])).code).toBe(1)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('lets what has not begun be inconclusive', async () => {
    const ran = await interrupted(['check', 'far', 'near', ...endless, '--jobs', '1'])
    expect(ran.stdout).toMatch(/^\? far {3}kernel v1$/m)
    expect(ran.stdout).toMatch(/^\? near {3}kernel v1$/m)
    expect(ran.code).toBe(2)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('ends random walks', async () => {
    const args = ['check', 'far', ...endless, '--strategy', 'walk', '--property', 'no-deadlock', '--seconds', '100']
    const ran = await interrupted(args)
    expect(ran.stdout).toMatch(/limit: random walks of [\d,]+ steps in all/)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('ends a comparison: what was not searched is not decided', async () => {
    const patch = written(
      folder,
      'nothing.ts',
      "import { patch } from 'foliocheck'\nexport default patch('nothing', { subject: '', date: '', status: '' })\n",
    )
    const ran = await interrupted(['compare', 'far', ...endless, '--patch', patch])
    expect(ran.stdout).toContain('2 not decided')
    expect(ran.code).toBe(2)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('ends a regression without recording anything', async () => {
    const variant = { kernel: 'v1', patches: [] }
    const bug = { id: 'far', title: 'far', scenario: 'far', property: 'below', before: variant, after: variant }
    const index = written(folder, 'index.json', JSON.stringify({ bugs: [bug], known: [] }))
    const ran = await interrupted(['regress', ...endless, '--index', index, '--record'])
    expect(ran.stdout).toMatch(/^✗ far {3}below\n {2}before {2}v1: inconclusive\n/)
    expect(ran.code).toBe(2)
    expect(readdirSync(folder)).not.toContain('far.json')
  })

  test('ends mutation: the rest is undecided', async () => {
    const ran = await interrupted(['mutate', ...endless])
    expect(ran.stdout).toMatch(/^✗ count_far {3}0 of \d caught, \d undecided/)
    expect(ran.code).toBe(2)
    expect(ran.took).toBeLessThan(SOON_MS)
  })

  test('gives up what does not end, and tells the rest', async () => {
    const ran = await interrupted(['check', '--model', fixture('stuck'), '--jobs', '1'])
    expect(ran.stdout).toMatch(/^✓ put-alone {3}kernel v3\n/)
    const told = 'foliocheck: scenario stuck: did not end when it was asked to, and was given up; look for a recipe'
    expect(ran.stderr).toMatch(`${TOLD}${told} that never returns\n`)
    expect(ran.code).toBe(65)
  })

  test('twice ends the program at once', async () => {
    const ran = await interrupted(['check', 'far', ...endless], { signals: ['SIGINT', 'SIGINT'] })
    // The second may come when the first has done its work and nobody listens any more: then the signal itself ends it.
    expect([130, 2, null]).toContain(ran.code)
    expect(ran.stderr).toBe(TOLD)
    expect(ran.took).toBeLessThan(SOON_MS)
  })
})
