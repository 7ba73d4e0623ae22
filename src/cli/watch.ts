import { fork } from 'node:child_process'
import { resolve } from 'node:path'
import { watch as watchFiles } from 'chokidar'
import { UsageError } from '../errors.js'
import { many } from '../numbers.js'
import { builtInModel } from '../project/built-in.js'
import { isFile } from '../project/load.js'
import type { CheckFlags } from './check.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import type { Kept } from './round.js'
import { print } from './terminal.js'
import type { Asked, Told } from './watch-round.js'

/** How long files must be quiet before they are read: editors write several times. */
const QUIET_MS = 150
/** How far the times of files may be behind the clock. */
const CLOCK_MS = 10

/** `foliocheck check --watch`: checks again whenever a file of the model changes, until Ctrl-C. */
export async function watch(scenarios: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  const files = new Set(given(flags))
  refuse(flags, files)
  const signals = ['SIGINT', 'SIGTERM'] as const
  let asked = false
  let interrupt = () => {}
  const changed = new Changes(files)
  const handle = () => {
    asked = true
    interrupt()
    changed.wake()
  }
  for (const signal of signals) process.on(signal, handle)
  let before: Readonly<Record<string, Kept>> = {}
  let exit: ExitCode = EXIT.ok
  try {
    do {
      changed.begin()
      const round = startRound({ scenarios, flags, before })
      interrupt = round.interrupt
      const { code, told } = await round.ended
      interrupt = () => {}
      exit = code
      before = told?.kept ?? before
      changed.add(told?.files ?? [])
      if (asked) break
      print([`  exit code ${code}; watching ${many(changed.count, 'file')}, Ctrl-C ends`], process.stderr)
      const file = await changed.next()
      if (file !== undefined) print(['', `  ${file} changed`], process.stderr)
    } while (!asked)
    return exit
  } finally {
    for (const signal of signals) process.off(signal, handle)
    await changed.close()
  }
}

/** The files that the command line names. */
function given({ model, patch, expectations }: CheckFlags): string[] {
  const own = model === undefined || builtInModel(model) ? [] : [model]
  return [...own, ...patch.filter(isFile), ...(expectations === undefined ? [] : [expectations])]
}

function refuse(flags: CheckFlags, files: ReadonlySet<string>): void {
  const { json, audit, coverage, report } = flags
  const whole = Object.entries({ json, audit, coverage, report: report.length > 0 }).find(([, set]) => set)
  if (whole) {
    throw new UsageError(
      `--${whole[0]}`,
      'needs a whole check, and --watch repeats parts of it',
      'leave one of them out',
    )
  }
  if (files.size > 0) return
  throw new UsageError(
    '--watch',
    'has no file to watch: the model is built in, and no patch is a file',
    'give --model or --patch with a path',
  )
}

/** Starts a round. It does not hear the terminal's Ctrl-C itself, so that it hears of each only once. */
function startRound(asked: Asked): {
  readonly ended: Promise<{ readonly code: ExitCode; readonly told: Told | undefined }>
  readonly interrupt: () => void
} {
  const child = fork(new URL('./watch-round.js', import.meta.url), {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let told: Told | undefined
  let stopped = false
  child.on('message', message => {
    told = message as Told
  })
  child.send(asked)
  const ended = new Promise<{ code: ExitCode; told: Told | undefined }>(done => {
    child.on('error', () => done({ code: EXIT.internal, told }))
    child.on('close', code => done({ code: (code ?? (stopped ? EXIT.inconclusive : EXIT.internal)) as ExitCode, told }))
  })
  const interrupt = () => {
    stopped = true
    child.kill('SIGINT')
  }
  return { ended, interrupt }
}

/** Files, and which of them has changed since the last round began. */
class Changes {
  readonly #watcher
  readonly #files = new Set<string>()
  #file: string | undefined
  #woken = false
  /** When the last round began. */
  #begun = Date.now()
  #tell = () => {}
  #timer: NodeJS.Timeout | undefined

  constructor(files: Iterable<string>) {
    // A file is told once when it begins to be watched: what was written between its reading and then is seen by its time.
    this.#watcher = watchFiles([])
    this.#watcher.on('all', (event, file, stats) => {
      if (event === 'add' && stats && stats.mtimeMs < this.#begun - CLOCK_MS) return
      this.#file = file
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#tell(), QUIET_MS)
    })
    this.add(files)
  }

  get count(): number {
    return this.#files.size
  }

  add(files: Iterable<string>): void {
    for (const file of files) {
      const path = resolve(file)
      if (this.#files.has(path)) continue
      this.#files.add(path)
      this.#watcher.add(path)
    }
  }

  /** Forgets changes so far: what begins now sees them. */
  begin(): void {
    clearTimeout(this.#timer)
    this.#file = undefined
    this.#begun = Date.now()
  }

  /** The file that changes next, or has changed since `begin`; undefined when it was woken. */
  async next(): Promise<string | undefined> {
    await new Promise<void>(done => {
      this.#tell = done
      if (this.#woken) done()
      else if (this.#file !== undefined) this.#timer = setTimeout(done, QUIET_MS)
    })
    this.#tell = () => {}
    return this.#woken ? undefined : this.#file
  }

  wake(): void {
    this.#woken = true
    this.#tell()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#watcher.close()
  }
}
