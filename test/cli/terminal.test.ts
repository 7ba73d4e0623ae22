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

/** What a terminal shows in the end of what was written to it: lines, and the erasing and moving that we use. */
function shown(output: string): string {
  const lines = ['']
  let row = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  for (const [part] of output.matchAll(/\u001b\[[\d;]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) {
    if (part === '\n') {
      row++
      lines[row] ??= ''
    } else if (part === '\u001b[2K') lines[row] = ''
    else if (part === '\u001b[1A') row = Math.max(0, row - 1)
    else if (!part.startsWith('\u001b') && part !== '\r') lines[row] += part
  }
  return lines.join('\n')
}

describe.concurrent('a terminal', () => {
  const pty = (line: string) =>
    shell(`command -v script >/dev/null || exit 99; script -qec '${line}' /dev/null </dev/null`)
  const bin = `${process.execPath} ${join(ROOT, 'bin', 'foliocheck.js')}`

  test('sees colour, and how far a long run is', async context => {
    const { code, output } = await pty(`${bin} check far --model ${fixture('endless')} --seconds 3`)
    if (code === 99) return context.skip('script is not installed')
    expect(output).toContain('\u001b[33m? far')
    expect(output).toContain('[0/1] done, 2 s')
    expect(output).toMatch(/▸ far: [\d,]+ states, [\d.]+[kM]\/s, 2 s, /)
  })

  test('keeps the report whole above what is rewritten, and names what went wrong', async context => {
    const { code, output } = await pty(
      `stty cols 200; ${bin} check near far --model ${fixture('endless')} --seconds 1.5 --jobs 1`,
    )
    if (code === 99) return context.skip('script is not installed')
    expect(code).toBe(1)
    const screen = shown(output)
    // What is done is named while the other still runs; at the end nothing is left of the block.
    expect(output).toMatch(/done, 1 not as expected, .*\r\n.*✗ near: below/)
    expect(output).toMatch(/▸ far: .*\r\n/)
    expect(screen).not.toMatch(/▸|done/)
    const lines = screen.split('\n')
    expect(lines[0]).toBe('✗ near   kernel v1')
    expect(lines).toContain('? far   kernel v1')
    expect(lines).toContain('  violated      below after 3 steps, 0 preemptions')
    expect(lines.filter(line => line.includes('kernel v1'))).toHaveLength(3)
  })

  test.each(['CI=true', 'TERM=dumb'])('that is a log is not rewritten: %s', async set => {
    const { code, output } = await pty(`${set} ${bin} check far --model ${fixture('endless')} --seconds 1.5`)
    if (code === 99) return
    expect(output).not.toContain('▸')
    expect(output).not.toContain('\u001b[2K')
  })

  test('sees neither when told so', async context => {
    const quiet = `NO_COLOR=1 ${bin} check far --model ${fixture('endless')} --seconds 1.5 --quiet`
    const { code, output } = await pty(quiet)
    if (code === 99) return context.skip('script is not installed')
    expect(output).not.toContain('\u001b')
    expect(output).not.toContain('[0/1]')
  })
})
