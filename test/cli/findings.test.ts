import { describe, expect, test } from 'vitest'
import { expectRefusal, fixture, foliocheck, json, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project'), '--kernel', 'v1']

const useAfterFree = {
  kernel: 'v1',
  patches: [],
  scenario: 'get-races-put',
  property: 'no-use-after-free',
  verdict: 'violated',
  note: 'known',
  finding: 'get-of-a-dead-object',
}
const finding = {
  id: 'get-of-a-dead-object',
  title: 'object_get takes <b>dead</b> objects',
  about: 'It does not look.',
  steps: ['object.c: object_get'],
  harmless: 'nobody gets.',
  confirm: 'try it.',
  patches: ['get-unless-zero'],
}
const index = (name: string, known: readonly object[], findings: readonly object[]) =>
  written(folder, name, JSON.stringify({ bugs: [], known, findings }))

const findings = (file: string, ...args: string[]) =>
  foliocheck(['findings', ...model, '--expectations', file, ...args])

describe.concurrent('findings', () => {
  test('tells a cause with its violations, its smallest trace, and what a patch leaves', async () => {
    const { code, stdout } = await findings(
      index('one.json', [useAfterFree, { ...useAfterFree, property: 'get-only-referenced' }], [finding]),
    )
    expect(stdout).toContain('## object_get takes &lt;b>dead&lt;/b> objects\n')
    expect(stdout).toContain('- object.c: object_get\n')
    expect(stdout).toContain('Harmless if: nobody gets.\n')
    expect(stdout).toContain('What would confirm it: try it.\n')
    expect(stdout).toContain('Removed by `get-unless-zero`: none of the 2 violations below is left.\n')
    expect(stdout).toContain('| get-races-put | 3 | get-only-referenced, no-use-after-free |\n')
    expect(stdout).toContain('```text\n✗ get-races-put   get-only-referenced   kernel v1\n')
    expect(stdout).not.toContain('## Not explained')
    expect(code).toBe(0)
  })

  test('a patch that does not help is said not to', async () => {
    const file = index('two.json', [useAfterFree], [{ ...finding, patches: ['look-again'] }])
    expect((await findings(file)).stdout).toContain(
      'With `look-again`, 0 of the 1 violations below are gone; left: no-use-after-free in get-races-put.',
    )
  })

  test('what belongs to no finding is listed, and fails', async () => {
    const { code, stdout } = await findings(index('none.json', [], []))
    expect(stdout).toContain('2 violations, of which no finding tells the cause.\n')
    expect(stdout).toContain('| get-races-put | 3 | get-only-referenced, no-use-after-free |\n')
    expect(code).toBe(1)
  })

  test('--json has the documented shape', async () => {
    const file = index('json.json', [useAfterFree], [finding])
    const { value } = await json(['findings', ...model, '--expectations', file])
    const { kernel, findings, others } = value as { kernel: string; findings: object[]; others: object[] }
    expect(kernel).toBe('v1')
    expect(findings).toEqual([
      {
        ...finding,
        violated: [{ scenario: 'get-races-put', property: 'no-use-after-free', steps: 6 }],
        left: [],
        counterexample: expect.objectContaining({ scenario: 'get-races-put', steps: 6 }),
      },
    ])
    for (const other of others) expect(Object.keys(other)).toEqual(['scenario', 'property', 'steps'])
  })

  test.each([
    ['a finding that is not there', [useAfterFree], [], "names the finding 'get-of-a-dead-object', which it does not"],
    ['a finding without violation', [], [finding], "describes the finding 'get-of-a-dead-object', to which no known"],
    ['two of one id', [useAfterFree], [finding, finding], "has two findings with the id 'get-of-a-dead-object'"],
    ['no steps', [useAfterFree], [{ ...finding, steps: [] }], 'is damaged at findings.0.steps'],
  ])('refuses %s', async (name, known, all, reason) => {
    expectRefusal(await findings(index(`${name}.json`, known, all)), 65, [reason])
  })
})
