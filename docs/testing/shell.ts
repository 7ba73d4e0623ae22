import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** The clone that the documents speak of. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

// `npx` finds the very programs that it would find in the clone, without npm's own start-up.
const PRELUDE = `
npx() {
  tool=$1; shift
  case $tool in
    foliocheck) node "$ROOT/bin/foliocheck.js" "$@" ;;
    *) "$ROOT/node_modules/.bin/$tool" "$@" ;;
  esac
}
`

/** What a command did. */
export interface Ran {
  readonly exit: number
  /** Standard output and standard error. */
  readonly output: string
}

/** A shell in a folder; `cd` in one command moves the next. */
export class Shell {
  #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  get folder(): string {
    return this.#folder
  }

  /** Runs one line. @throws Error when the built package is not there. */
  async run(command: string): Promise<Ran> {
    const child = this.#start(`${command}\ncode=$?\npwd >&3\nexit $code`)
    const ending = closed(child)
    const [out, error, folder] = await Promise.all(child.stdio.slice(1).map(stream => textOf(stream as Readable)))
    this.#folder = folder.trim() || this.#folder
    return { exit: await ending, output: out + error }
  }

  /**
   * Runs a line that goes on until Ctrl-C, and gives it Ctrl-C once it has printed enough, or after some seconds. What it
   * printed by then. @throws Error when the built package is not there.
   */
  async runUntil(command: string, enough: (output: string) => boolean, seconds: number): Promise<Ran> {
    const child = this.#start(command, true)
    let output = ''
    const ending = closed(child)
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, 1000 * seconds)
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (part: string) => {
          output += part
          if (enough(output)) done()
        })
      }
      ending.then(done)
    })
    // The whole group, as a terminal does.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    return { exit: await ending, output }
  }

  #start(command: string, group = false): ChildProcess {
    if (!existsSync(join(ROOT, 'dist', 'src', 'cli', 'main.js'))) throw new Error('dist/ is missing: npm run build')
    return spawn('bash', ['-c', `${PRELUDE}\n${command}`], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ROOT, NO_COLOR: '1', GITHUB_ACTIONS: '' },
      detached: group,
    })
  }
}

function closed(child: ChildProcess): Promise<number> {
  return new Promise(resolve => child.on('close', code => resolve(code ?? -1)))
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const part of stream.setEncoding('utf8')) text += part
  return text
}
