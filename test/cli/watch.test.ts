import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectRefusal, fixture, foliocheck, ROOT, temporaryFolder, written } from './run.js'

const folder = temporaryFolder()
/** How long a round may take on a busy machine. */
const PATIENT_MS = 50_000

const operation = (name: string, value: number) =>
  `export const ${name} = m.operation('${name}', { source: 'mm/${name}.c' }, ({ step }) => [step('${name}', s => { s.n = limit(${value}) })])\n`
const machineText = (most: number) =>
  `import { int, machine, record } from 'foliocheck'
export const m = machine('m', record({ n: int(0, 9) }))
export const limit = (n: number) => Math.min(n, ${most})
`
const operations = (a: number, b: number) =>
  `import { limit, m } from './machine.js'\n${operation('first', a)}${operation('second', b)}`
const model = `import { does, invariant, kernel, project, scenario, thread } from 'foliocheck'
import { m } from './machine.js'
import { first, second } from './operations.js'
const one = (name: string, op: typeof first) => scenario(name, m, { about: name, threads: [thread('t', does(op, {}))] })
export default project({
  kernels: [kernel('v1', { date: '2026-01', about: '' }, [first, second])],
  patches: [],
  scenarios: [one('one', first), one('two', second)],
  properties: [invariant(m, 'small', { claim: 'n is small', clauses: { 'n < 3': s => s.n < 3 } })],
})
`

/** The command while it watches. */
class Watching {
  output = ''
  #read = 0
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(args: readonly string[]) {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'foliocheck.js'), 'check', '--watch', ...args], {
      env: { PATH: process.env.PATH, TELL: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', part => {
        this.output += part
      })
    }
    this.ended = new Promise(done => child.on('close', done))
    this.#child = child
  }

  /** What it prints up to the end of a round, after what was read before. */
  async round(): Promise<string> {
    const end = Date.now() + PATIENT_MS
    while (Date.now() < end) {
      const found = /watching .*\n/.exec(this.output.slice(this.#read))
      if (found) {
        const text = this.output.slice(this.#read, this.#read + found.index + found[0].length)
        this.#read += text.length
        return text
      }
      await new Promise(done => setTimeout(done, 50))
    }
    throw new Error(`no end of a round in: ${this.output.slice(this.#read)}`)
  }

  async says(text: string): Promise<void> {
    const end = Date.now() + PATIENT_MS
    while (!this.output.includes(text) && Date.now() < end) await new Promise(done => setTimeout(done, 50))
  }

  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT')
    return this.ended
  }
}

describe('check --watch', () => {
  test('checks again what a change touches, goes on behind errors, and ends with the last exit code', async () => {
    written(folder, 'machine.ts', machineText(9))
    written(folder, 'operations.ts', operations(1, 2))
    const watching = new Watching(['--model', written(folder, 'model.ts', model)])
    let ended: number | null = null
    try {
      const first = await watching.round()
      expect(first).toMatch(/^✓ one {3}kernel v1$/m)
      expect(first).toMatch(/^✓ two {3}kernel v1$/m)
      expect(first).toMatch(/exit code 0; watching 3 files, Ctrl-C ends\n$/)

      written(folder, 'operations.ts', operations(1, 4))
      const second = await watching.round()
      expect(second).toContain('operations.ts changed\n')
      expect(second).toMatch(/^= one {3}unchanged: 1 proved$/m)
      expect(second).not.toMatch(/^[✓✗] one/m)
      expect(second).toMatch(/^✗ two {3}kernel v1$/m)
      expect(second).toMatch(/exit code 1; watching 3 files/)

      // What is violated stays so while it is unchanged.
      written(folder, 'operations.ts', operations(2, 4))
      const third = await watching.round()
      expect(third).toMatch(/^= two {3}unchanged: 1 violated$/m)
      expect(third).toMatch(/^✓ one {3}kernel v1$/m)
      expect(third).toMatch(/exit code 1; /)

      written(folder, 'operations.ts', 'export const first = (\n')
      const broken = await watching.round()
      expect(broken).toMatch(/^foliocheck: .*operations\.ts.*; correct it/m)
      expect(broken).toMatch(/exit code 65; watching 3 files/)

      written(folder, 'operations.ts', operations(2, 4))
      expect(await watching.round()).toMatch(/^= one .*\n= two /m)

      // A helper is nobody's own: all is checked again.
      written(folder, 'machine.ts', machineText(2))
      const helped = await watching.round()
      expect(helped).not.toContain('unchanged')
      expect(helped).toMatch(/^✓ one/m)
      expect(helped).toMatch(/^✓ two/m)
      expect(helped).toMatch(/exit code 0; /)
    } finally {
      ended = await watching.interrupt()
    }
    expect(ended).toBe(0)
  }, 280_000)

  test('ends a round that Ctrl-C interrupts with what it has', async () => {
    const watching = new Watching(['far', '--model', fixture('endless')])
    await watching.says('under way')
    expect(await watching.interrupt()).toBe(2)
    expect(watching.output).toMatch(/^foliocheck: interrupted; ending with what was found so far/m)
    expect(watching.output).toMatch(/^\? far {3}kernel v1$/m)
    expect(watching.output).not.toContain('watching')
  })

  test('watches the files of patches', async () => {
    const text = (what: string) =>
      `import { on, patch, remove } from 'foliocheck'\nexport default patch('p', { subject: '', date: '', status: '' }, on('first', remove('${what}')))\n`
    written(folder, 'machine.ts', machineText(9))
    written(folder, 'operations.ts', operations(1, 2))
    const patch = written(folder, 'patch.ts', text('no such step'))
    const watching = new Watching(['one', '--model', written(folder, 'model.ts', model), '--patch', patch])
    try {
      expect(await watching.round()).toMatch(/no such step.*exit code 65; watching 4 files/s)
      written(folder, 'patch.ts', text('first'))
      expect(await watching.round()).toMatch(/patch\.ts changed\n[✓✗] one.*watching 4 files/s)
    } finally {
      await watching.interrupt()
    }
  }, 120_000)

  test('refuses to watch nothing, and what needs a whole check', async () => {
    expectRefusal(await foliocheck(['check', '--watch']), 64, ['has no file to watch: the model is built in'])
    expectRefusal(await foliocheck(['check', '--watch', '--model', 'svm']), 64, ['has no file to watch'])
    expectRefusal(await foliocheck(['check', '--watch', '--json', '--model', './x.ts']), 64, ['--json: needs a whole'])
  })
})
