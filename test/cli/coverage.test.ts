import { describe, expect, test } from 'vitest'
import { foliocheck, hasControls, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()

/** A model in which one step is taken in one scenario only, and one in none. */
const model = written(
  folder,
  'model.ts',
  `import { bool, does, int, invariant, kernel, machine, project, record, scenario, thread } from 'foliocheck'
const m = machine('m', record({ on: bool(), n: int(0, 3) }))
const touch = m.operation('touch', { source: 'mm/t.c' }, ({ step, test }) => [
  test('on?', s => s.on, [step('when on', s => { s.n = 1 })], [step('when off', s => { s.n = 2 })]),
  test('n == 3?', s => s.n === 3, [step('never \\u001b[2J', s => { s.n = 0 })]),
])
const one = (name: string, on: boolean) => scenario(name, m, {
  about: name, initial: [s => { s.on = on }], threads: [thread('a', does(touch, {})), thread('b', does(touch, {}))],
})
export default project({
  kernels: [kernel('v1', { date: '2026-01', about: '' }, [touch])],
  patches: [],
  scenarios: [one('on', true), one('off', false)],
  properties: [invariant(m, 'small', { claim: 'n is small', clauses: { 'n < 3': s => s.n < 3 } })],
})
`,
)
const args = ['check', '--model', model]
const entry = { operation: 'touch', step: 'never \u001b[2J', note: 'n is never 3' }
const index = (dead: unknown) => [
  '--expectations',
  written(folder, `index-${Math.random()}.json`, JSON.stringify({ bugs: [], known: [], dead })),
]

describe.concurrent('check --coverage', () => {
  test('tells steps, branches and orders by operation, of all scenarios together, and what was never taken', async () => {
    const { stdout, code } = await foliocheck([...args, '--coverage', '--brief'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^coverage {3}kernel v1$/m)
    expect(stdout).toMatch(/^ *touch +mm\/t\.c +4\/5 +3\/4 +\d+\/16$/m)
    expect(stdout).toContain('  touch (mm/t.c; 2 scenarios)\n    never taken  never \ufffd[2J\n')
    expect(stdout).toContain('    never        n == 3?: yes\n')
    expect(hasControls(stdout)).toBe(false)
  })

  test('of one scenario has what it did not take', async () => {
    const { stdout } = await foliocheck([...args, 'on', '--coverage', '--brief'])
    expect(stdout).toContain('    never taken  when off\n')
    expect(stdout).toContain('    never        on?: no\n')
  })

  test('is in the JSON, when asked for', async () => {
    const { stdout } = await foliocheck([...args, '--coverage', '--json', ...index([entry])])
    const { coverage } = JSON.parse(stdout)
    expect(coverage).toMatchObject([
      {
        kernel: 'v1',
        patches: [],
        caveats: [],
        stale: [],
        operations: [
          {
            operation: 'touch',
            source: 'mm/t.c',
            scenarios: 2,
            whole: true,
            untaken: [{ step: entry.step, note: entry.note }],
            orders: { possible: 16 },
          },
        ],
      },
    ])
    expect(JSON.parse((await foliocheck([...args, '--json'])).stdout)).not.toHaveProperty('coverage')
  })

  test('says where it cannot know', async () => {
    const { stdout } = await foliocheck([...args, '--coverage', '--brief', '--fingerprints'])
    expect(stdout).toMatch(/^ *touch +mm\/t\.c +4\/5 +· +·$/m)
    expect(stdout).toContain('  more may be possible  fingerprints keep no states to look at: on, off\n')
  })
})

describe.concurrent('a dead step', () => {
  test('fails a strict check of everything, and no other', async () => {
    const strict = await foliocheck([...args, '--strict'])
    expect(strict.stdout).toContain('  dead          touch: never \ufffd[2J (mm/t.c)\n')
    expect(strict.code).toBe(3)
    expect((await foliocheck(args)).code).toBe(0)
    expect((await foliocheck([...args, '--strict', 'on'])).code).toBe(0)
  })

  test('may be expected, with a reason, as long as it is dead', async () => {
    const expected = await foliocheck([...args, '--strict', ...index([entry])])
    expect(expected.stdout).not.toContain('  dead')
    expect(expected.code).toBe(0)
    const stale = await foliocheck([...args, '--strict', ...index([entry, { ...entry, step: 'when on' }])])
    expect(stale.stdout).toContain('  dead          touch: when on is expected to be dead, and is not\n')
    expect(stale.code).toBe(3)
  })

  test('needs a reason', async () => {
    const { stderr, code } = await foliocheck([...args, ...index([{ ...entry, note: '' }])])
    expect(stderr).toMatch(/is damaged at dead\.0\.note/)
    expect(code).toBe(65)
  })

  test('is not called dead where not all was searched', async () => {
    const { stdout, code } = await foliocheck([...args, '--strict', '--states', '2'])
    expect(stdout).not.toContain('  dead')
    expect(code).toBe(2)
  })
})
