import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { expectRefusal, foliocheck, temporaryFolder, written } from './run.js'

const STALE = 'counterexamples/zd-stale-head-on-realloc.json'
const FORK = 'counterexamples/dp-none-window-fork.json'
const LOCKS = 'counterexamples/drv-amdkfd-folio-lock-inversion.json'
const folder = temporaryFolder()

async function text(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await foliocheck(['explain', ...args])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return stdout
}

describe.concurrent('explain', () => {
  test('has the same characters with and without colour', async () => {
    const args = ['explain', STALE, '--width', '80']
    const [plain, coloured] = await Promise.all([
      foliocheck(args, { env: { NO_COLOR: '1' } }),
      foliocheck(args, { env: { FORCE_COLOR: '1' } }),
    ])
    expect(coloured.stdout).toContain('\u001b[')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(coloured.stdout.replace(/\u001b\[\d+m/g, '')).toBe(plain.stdout)
  })

  test('--mail: 72 columns of ASCII, without colour, no line of which a mail client takes for something else', async () => {
    const { stdout } = await foliocheck(['explain', LOCKS, '--mail'], { env: { FORCE_COLOR: '1' } })
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^x \S/)
    expect(lines.filter(line => line.length > 72 || /[^\x20-\x7e]|^>|^From | $/.test(line))).toEqual([])
    expect(stdout).toMatch(/none->cpu\d/)
    expect(stdout).toContain('-- run 1 --')
  })

  test('--state: below each step what it changed, of the sections asked for', async () => {
    const stdout = await text(FORK, '--model', 'page-table', '--state', 'locks,page-t')
    expect(stdout).toMatch(/\n {2}page tables\n {4}va0: mm0, writable /)
    expect(stdout).toMatch(/\| locks\n {5}\| {3}folio lock of p6 {2}held by evict\n/)
    expect(stdout).toMatch(/\n 20 .*\n.*\n {5}\| page tables\n {5}\| {3}pmd va0 {2}migration, p6 write\n/)
    expect(stdout).not.toMatch(/page frames|all fields/)
  })

  test('--at: the whole state after one step', async () => {
    const stdout = await text(STALE, '--at', '29', '--width', '90')
    expect(stdout).toContain('  after step 29 (worker 2): folio_get(dst)')
    expect(stdout).toMatch(/folio p0: order 0, +folio p1: order 0, +p2\.\.p3: pool/)
    expect(stdout).toMatch(/\n {4}folio lock of p0 +held by worker 2\n/)
    expect(stdout).toMatch(/\n {4}va1 +device p0\n/)
    expect(await text(STALE, '--at', '0')).toMatch(/^ {2}at the start\n/)
    expect(await text(STALE, '--at', '3', '--state', 'all')).toMatch(/threads\n[\s\S]*all fields\n/)
  })

  test('--at: a state of each of two runs', async () => {
    const stdout = await text(LOCKS, '--model', 'svm', '--at', '1')
    expect(stdout).toMatch(/^ {2}run 1, after step 1 [\s\S]*\n {2}run 2, after step 1 /)
  })

  test('--state and --at say what is wrong with them', async () => {
    expectRefusal(await foliocheck(['explain', STALE, '--at', '30']), 64, ['--at 30', /is no step/, /from 0 to 29/])
    expectRefusal(await foliocheck(['explain', STALE, '--at', 'x']), 64, ['--at'])
    expectRefusal(await foliocheck(['explain', STALE, '--state', 'folio-table']), 64, [
      '--state folio-table',
      /is no section/,
    ])
    expectRefusal(await foliocheck(['explain', STALE, '--state', '--json']), 64, [/--state/, /text alone/])
    expectRefusal(await foliocheck(['explain', FORK, '--at', '1']), 65, [FORK, /evict-races-fork/, /is not known/])
  })

  test('--state: steps that are not possible any more have no states', async () => {
    const draft = JSON.parse(readFileSync(STALE, 'utf8'))
    draft.trace.steps[50].label = 'something else'
    const file = written(folder, 'other.json', JSON.stringify(draft))
    expectRefusal(await foliocheck(['explain', file, '--state']), 65, [
      /does not run as recorded any more/,
      /was worker 1 'something else'/,
      /leave out --state and --at/,
    ])
    expect((await foliocheck(['explain', file])).code).toBe(0)
  })
})
