import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { fixture, foliocheck, json, temporaryFolder, written } from './run.js'
import { checked } from './shapes.js'

const folder = temporaryFolder()
const v1 = ['check', '--model', fixture('project'), '--kernel', 'v1']

function index(name: string, scenario: string, property: string): string[] {
  const known = { kernel: 'v1', patches: [], scenario, property, verdict: 'violated', note: `the ${name} ones` }
  return ['--expectations', written(folder, `${name}.json`, JSON.stringify({ bugs: [], known: [known] }))]
}

describe.concurrent('check with patterns of expected violations', () => {
  test('finds nothing unexpected where one fits all violations, and says why they are expected', async () => {
    const { code, stdout } = await foliocheck([...v1, ...index('known', 'get-*', '*')])
    expect(stdout).toContain('expected: the known ones')
    expect(stdout).toMatch(/all as expected, 2 known violations/)
    expect(code).toBe(0)
  })

  test('fails for one that nothing fits', async () => {
    const args = [...v1, ...index('gone', '*', 'object-is-*')]
    const { code, stdout } = await foliocheck(args)
    expect(stdout).toContain('✗ missing  * / object-is-* was expected to be violated somewhere: the gone ones\n')
    expect(code).toBe(1)
    const { value } = await json(args)
    expect(parse(checked, value).missing.map(({ note }) => note)).toEqual(['the gone ones'])
  })

  test('does not miss one when only a part is checked', async () => {
    const { code, stdout } = await foliocheck([...v1, 'put-alone', ...index('part', 'get-*', '*')])
    expect(stdout).not.toContain('missing')
    expect(code).toBe(0)
  })
})

describe.concurrent('check --brief', () => {
  test('shows nothing of scenarios that are as expected', async () => {
    const { code, stdout } = await foliocheck([...v1, '--brief', ...index('brief', 'get-*', '*')])
    expect(stdout).toMatch(/^ {2}2 scenarios × 6 properties: .*\n {2}.*all as expected, 2 known violations.*\n$/)
    expect(code).toBe(0)
  })

  test('tells what is unexpected without its runs', async () => {
    const { code, stdout } = await foliocheck([...v1, '--brief'])
    expect(stdout).toContain('✗ get-races-put   kernel v1\n')
    expect(stdout).toMatch(/no-use-after-free after \d+ steps \(told with --property no-use-after-free\)/)
    expect(stdout).not.toContain('put-alone')
    expect(stdout).not.toContain('claim:')
    expect(code).toBe(1)
  })

  test('names what was not searched to its end', async () => {
    const { code, stdout } = await foliocheck([...v1, 'put-alone', '--brief', '--states', '4'])
    expect(stdout).toMatch(/^~ put-alone {2}4 states, the limit: \d+ states? found but not looked at\n/)
    expect(code).toBe(2)
  })
})
