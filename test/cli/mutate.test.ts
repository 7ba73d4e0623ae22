import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { expectRefusal, fixture, foliocheck, json, temporaryFolder, written } from './run.js'
import { mutated } from './shapes.js'

const folder = temporaryFolder()
const model = ['--model', fixture('project')]

describe.concurrent('mutate', () => {
  test('counts who is caught, names who survives, and exits with 1 without a reason', async () => {
    const { code, stdout, stderr } = await foliocheck(['mutate', 'object_get', ...model, '--least', '0'])
    expect(stdout).toMatch(/^✗ object_get {3}(\d) of (\d) caught/)
    expect(stdout).toContain("    survived: drop 'list_empty(objects)' — no reason is known why this is harmless\n")
    expect(stdout).toMatch(/\n\n {2}\d of \d mutants caught, \d+\.\d %\n$/)
    expect(stderr).toBe('')
    expect(code).toBe(1)
  })

  test('is content with a reason for each, and with the share that was asked for', async () => {
    const reason = 'inc_not_zero asks the same'
    const { value } = await json(['mutate', 'object_get', ...model])
    const survived = parse(mutated, value).operations[0].survived.map(({ mutant }) => [mutant, reason])
    const harmless = written(folder, 'harmless.json', JSON.stringify({ object_get: Object.fromEntries(survived) }))
    const args = ['mutate', 'object_get', ...model, '--harmless', harmless]
    const enough = await foliocheck([...args, '--least', '50'])
    expect(enough.stdout).toMatch(/^✓ object_get {3}/)
    expect(enough.stdout).toContain(`survived: drop 'list_empty(objects)' — ${reason}\n`)
    expect(enough.code).toBe(0)
    expect((await foliocheck([...args, '--least', '100'])).code).toBe(1)
  })

  test('--json has the documented shape', async () => {
    const { code, value } = await json(['mutate', ...model, '-k', 'v1', '-p', 'get-unless-zero'])
    const result = parse(mutated, value)
    expect(result).toMatchObject({ kernel: 'v1', patches: ['get-unless-zero'] })
    expect(result.operations.map(({ operation }) => operation).sort()).toEqual(['object_get', 'object_put'])
    expect(result.share).toBeCloseTo((100 * result.caught) / result.mutants)
    expect(code).toBe(1)
  })

  test('a limit leaves mutants undecided', async () => {
    const { code, stdout } = await foliocheck(['mutate', 'object_put', ...model, '--seconds', '1e-9'])
    expect(stdout).toMatch(/^✗ object_put {3}0 of \d caught, \d undecided/)
    expect(code).toBe(1)
  })

  test('refuses a list that is none', async () => {
    const args = ['mutate', 'object_put', ...model, '--harmless']
    expectRefusal(await foliocheck([...args, 'nowhere.json']), 65, ['nowhere.json: cannot be read (ENOENT'])
    const wrong = written(folder, 'wrong.json', '{ "object_put": 5 }')
    expectRefusal(await foliocheck([...args, wrong]), 65, ['is not a list of harmless mutants'])
  })
})
