import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixture, foliocheck, hasControls, ROOT } from './run.js'

const race = ['check', 'get-races-put', '--kernel', 'v1', '--model', fixture('project')]

/** Runs a line of shell in which `foliocheck` is the command. */
async function shell(line: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const bin = `"${process.execPath}" "${join(ROOT, 'bin', 'foliocheck.js')}"`
  const child = spawn('bash', ['-c', `set -o pipefail\nfoliocheck() { ${bin} "$@"; }\n${line}`], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', part => {
      output += part
    })
  }
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { code, output }
}

describe.concurrent('output that is no terminal', () => {
  test.each([
    ['nothing set', {}],
    ['a colourful terminal outside', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }],
    ['CI', { CI: 'true', GITHUB_ACTIONS: 'true' }],
    ['NO_COLOR against FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }],
  ])('has neither colour nor progress: %s', async (_, env) => {
    const { stdout, stderr } = await foliocheck(race, { env })
    expect(hasControls(stdout)).toBe(false)
    expect(stderr).toBe('')
  })

  test('has colour where that is asked for', async () => {
    const { stdout } = await foliocheck(race, { env: { FORCE_COLOR: '1' } })
    expect(stdout).toContain('\u001b[31m✗ get-races-put')
  })

  test('has no progress in a long run either', async () => {
    const { stderr } = await foliocheck(['check', 'far', '--model', fixture('endless'), '--seconds', '1.2'])
    expect(stderr).toBe('')
  })
})

describe.concurrent('a reader that goes away', () => {
  test('ends nothing early, and is no error', async () => {
    const { code, output } = await shell('foliocheck list | head -1')
    expect(output).toBe('models\n')
    expect(code).toBe(0)
  })

  test('does not change the exit code', async () => {
    const { code, output } = await shell(`foliocheck ${race.join(' ')} | true`)
    expect(output).toBe('')
    expect(code).toBe(1)
    expect((await shell(`foliocheck ${race.join(' ')} --json | head -2`)).code).toBe(1)
    expect((await shell(`foliocheck check --kernel x 2>&1 | true`)).code).toBe(64)
  })
})

test('a disk that is full is told', async context => {
  if (!existsSync('/dev/full')) return context.skip('there is no /dev/full')
  const { code, output } = await shell('foliocheck list >/dev/full')
  expect(output).toMatch(/^foliocheck: standard output: cannot be written \(ENOSPC.*\); make room/)
  expect(code).toBe(65)
})

describe.concurrent('a terminal', () => {
  const pty = (line: string) =>
    shell(`command -v script >/dev/null || exit 99; script -qec '${line}' /dev/null </dev/null`)
  const bin = `${process.execPath} ${join(ROOT, 'bin', 'foliocheck.js')}`

  test('sees colour, and how far a long run is', async context => {
    const { code, output } = await pty(`${bin} check far --model ${fixture('endless')} --seconds 3`)
    if (code === 99) return context.skip('script is not installed')
    expect(output).toContain('\u001b[33m? far')
    expect(output).toMatch(/\[0\/1\] far: [\d,]+ states, [\d,]+k steps\/s, frontier [\d,]+, depth \d+/)
  })

  test('sees neither when told so', async context => {
    const quiet = `NO_COLOR=1 ${bin} check far --model ${fixture('endless')} --seconds 1.5 --quiet`
    const { code, output } = await pty(quiet)
    if (code === 99) return context.skip('script is not installed')
    expect(output).not.toContain('\u001b')
    expect(output).not.toContain('[0/1]')
  })
})
