import { spawn } from 'node:child_process'
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
    if (!existsSync(join(ROOT, 'dist', 'src', 'cli', 'main.js'))) throw new Error('dist/ is missing: npm run build')
    const child = spawn('bash', ['-c', `${PRELUDE}\n${command}\ncode=$?\npwd >&3\nexit $code`], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ROOT, NO_COLOR: '1', GITHUB_ACTIONS: '' },
    })
    const closed = new Promise<number>(resolve => child.on('close', code => resolve(code ?? -1)))
    const [out, error, folder] = await Promise.all(child.stdio.slice(1).map(stream => textOf(stream as Readable)))
    this.#folder = folder.trim() || this.#folder
    return { exit: await closed, output: out + error }
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const part of stream.setEncoding('utf8')) text += part
  return text
}
