import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'

/** The folder of the package. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The module of a fixture's project. */
export function fixture(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), 'fixtures', `${name}.ts`)
}

/** What the command did. */
export interface Ran {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What it reads from standard input; nothing unless given. */
  readonly input?: string
  /** Sees the process as soon as it runs. */
  readonly started?: (child: ChildProcess) => void
}

/** Runs the built command as a shell would, with nothing of the test runner's environment but the path. */
export async function foliocheck(args: readonly string[], { cwd, env, input, started }: Options = {}): Promise<Ran> {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'foliocheck.js'), ...args], {
    cwd: cwd ?? ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input ?? '')
  const closed = new Promise<number | null>(resolve => child.on('close', resolve))
  started?.(child)
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  return { code: await closed, stdout, stderr }
}

/** Runs the command with `--json` and returns what it printed. @throws SyntaxError when that is not JSON and nothing else */
export async function json(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly value: unknown }> {
  const { code, stdout } = await foliocheck([...args, '--json'])
  return { code, value: JSON.parse(stdout) }
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const part of stream.setEncoding('utf8')) text += part
  return text
}

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'foliocheck-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file of a test. Returns its path. */
export function written(folder: string, name: string, content: string): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

/** One paragraph on standard error that says `what` and does not show a stack; nothing on standard output. */
export function expectRefusal(ran: Ran, code: number, what: readonly (string | RegExp)[]): void {
  expectParagraphs(ran, 1)
  expect(ran.stdout).toBe('')
  for (const part of what) expect(ran.stderr).toMatch(part)
  expect(ran.code).toBe(code)
}

/** That standard error is so many lines of safe text, none of a stack. */
export function expectParagraphs({ stderr }: Ran, lines: number): void {
  expect(stderr.endsWith('\n')).toBe(true)
  const paragraphs = stderr.slice(0, -1).split('\n')
  for (const paragraph of paragraphs) {
    expect(paragraph).toMatch(/^foliocheck: \S.*; \S/)
    expect(paragraph).not.toMatch(/^\s+at |node:internal|\.js:\d+/)
    expect(hasControls(paragraph)).toBe(false)
  }
  expect(paragraphs).toHaveLength(lines)
}

/** Whether text has control characters besides the ends of its lines. */
export function hasControls(text: string): boolean {
  return [...text].some(sign => {
    const code = sign.codePointAt(0) ?? 0
    return (code < 32 && sign !== '\n') || (code >= 127 && code < 160)
  })
}
