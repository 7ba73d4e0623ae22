import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { autSize, dotDrawing, dotSize } from '../formats/graph.js'
import { expectRefusal, fixture, foliocheck, hasControls, json, temporaryFolder } from './run.js'

const folder = temporaryFolder()

/** Scenarios with and without steps that end their run, with deadlocks, bounds and choices, on built-in models too. */
const SCENARIOS: readonly (readonly [scenario: string, ...flags: string[]])[] = [
  ['get-races-put', '--model', fixture('project'), '--kernel', 'v1'],
  ['get-races-put', '--model', fixture('project'), '--kernel', 'v2'],
  ['abba', '--model', fixture('trouble')],
  ['retries', '--model', fixture('trouble')],
  ['free-races-reuse', '--kernel', 'v6.19'],
  ['free-races-reuse', '--kernel', 'v7.0', '--patch', 'do-not-touch-device-folio-after-folio-free'],
]

/** What `check` says of the size of a scenario. */
async function checkedSize([scenario, ...flags]: readonly string[]) {
  const { value } = await json(['check', scenario, ...flags])
  const [{ states, transitions }] = (value as { results: { states: number; transitions: number }[] }).results
  return { states, transitions }
}

async function graphOf(args: readonly string[], format: string): Promise<string> {
  const { code, stdout, stderr } = await foliocheck(['graph', ...args, '--format', format])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return stdout
}

describe.concurrent('foliocheck graph', () => {
  test.each(SCENARIOS)('has the states and transitions that check counts: %s', async (...args) => {
    const [checked, dot, aut] = await Promise.all([checkedSize(args), graphOf(args, 'dot'), graphOf(args, 'aut')])
    const drawn = await dotSize(dot)
    const ends = dot.match(/^ {2}e\d+ /gm)?.length ?? 0
    expect({ states: drawn.states - ends, transitions: drawn.transitions }).toEqual(checked)
    const read = autSize(aut)
    expect({ states: read.states - Math.min(1, ends), transitions: read.transitions }).toEqual(checked)
    expect(read.reached).toBe(read.states)
    expect([...read.labels].sort()).toEqual(drawn.labels.map(label => label.replaceAll('&amp;', '&')).sort())
  })

  test('marks where it starts, where it ends, and what is violated', async () => {
    const dot = await graphOf(['abba', '--model', fixture('trouble')], 'dot')
    expect(dot.match(/shape=house/g)).toHaveLength(1)
    expect(dot.match(/peripheries=2.*no-deadlock/g)).toHaveLength(1)
    const fatal = await graphOf(['get-races-put', '--model', fixture('project'), '--kernel', 'v1'], 'dot')
    expect(fatal).toMatch(/e0 \[label="no-use-after-free", shape=octagon/)
    expect(fatal).toMatch(/-> e0 \[label="reader: use\(object\) ! no-use-after-free", color=red\]/)
    expect(fatal).toMatch(/-> s\d+ \[label="reader: ref\+\+ ! get-only-referenced", color=red\]/)
    expect(await graphOf(['retries', '--model', fixture('trouble')], 'dot')).toMatch(
      /color=orange, tooltip="bound tries"/,
    )
    expect(await dotDrawing(fatal)).toContain('reader: use(object) ! no&#45;use&#45;after&#45;free')
  })

  test('too many states are refused, and counted; no file is begun', async () => {
    const args = ['graph', 'free-races-reuse', '--kernel', 'v6.19', '--states', '100', '--out', join(folder, 'no.dot')]
    const { states } = await checkedSize(['free-races-reuse', '--kernel', 'v6.19'])
    const counted = states.toLocaleString('en-US')
    expectRefusal(await foliocheck(args), 64, [
      `scenario free-races-reuse: has ${counted} states; 100 are the most for dot; add --states ${states}`,
    ])
    expect(existsSync(join(folder, 'no.dot'))).toBe(false)
    const just = await foliocheck([...args.slice(0, -3), String(states), '--out', join(folder, 'sub', 'yes.dot')])
    expect(just).toMatchObject({ code: 0, stderr: '' })
    expect(just.stdout).toContain(`${counted} states, `)
    expect((await dotSize(readFileSync(join(folder, 'sub', 'yes.dot'), 'utf8'))).states).toBeGreaterThanOrEqual(states)
    expect(readdirSync(join(folder, 'sub'))).toEqual(['yes.dot'])
  })

  test('a file that cannot be written is told, and nothing is left over', async () => {
    const file = join(folder, 'folder')
    mkdirSync(file)
    const ran = await foliocheck(['graph', 'put-alone', '--model', fixture('project'), '--out', file])
    expectRefusal(ran, 65, [`${file}: cannot be written (`])
    expect(readdirSync(folder).filter(name => name.includes('partial'))).toEqual([])
  })

  test('names that are not known are refused', async () => {
    const model = ['--model', fixture('project')]
    expectRefusal(await foliocheck(['graph', 'put-lone', ...model]), 64, ["scenario 'put-lone': is not known"])
    expectRefusal(await foliocheck(['graph', 'put-alone', '--kernel', 'v9', ...model]), 64, ["kernel 'v9'"])
    expectRefusal(await foliocheck(['graph', 'put-alone', '--format', 'png', ...model]), 64, ['dot, aut'])
  })

  test('names and labels are shown, and nothing else', async () => {
    const model = ['--model', fixture('hostile-texts')]
    const { value } = await json(['check', ...model])
    const [{ scenario, states, transitions }] = (
      value as { results: { scenario: string; states: number; transitions: number }[] }
    ).results
    const [dot, aut] = await Promise.all(['dot', 'aut'].map(format => graphOf([scenario, ...model], format)))
    for (const text of [dot, aut]) {
      expect(hasControls(text)).toBe(false)
      expect(text).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/)
    }
    expect(await dotSize(dot)).toMatchObject({ states, transitions })
    expect(autSize(aut)).toMatchObject({ states, transitions })
    const drawing = await dotDrawing(dot)
    expect(drawing).not.toMatch(/<script|<!\[CDATA/)
    // As it was written: backslashes, quotes and what looks like an entity.
    const shown = drawing.replace(/&#(\d+);|&#x([0-9a-f]+);/gi, (_, ten, hex) =>
      String.fromCodePoint(ten === undefined ? Number.parseInt(hex, 16) : Number(ten)),
    )
    expect(shown).toContain("&quot;quoted&quot; 'quoted' \\&quot; \\n \\")
    expect(shown).toContain('&amp;lt; &amp; &lt;U+0041&gt;')
  })
})
