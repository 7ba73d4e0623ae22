import { createLogUpdate } from 'log-update'

type Write = NodeJS.WriteStream['write']

/**
 * Lines at the foot of the terminal behind standard error, which are written over again. Whatever else is written to
 * standard output or standard error meanwhile comes above them.
 */
export class Block {
  readonly #streams = [process.stdout, process.stderr] as const
  readonly #writes: readonly Write[] = this.#streams.map(stream => stream.write)
  readonly #update: ReturnType<typeof createLogUpdate>
  /** Whether what was written last by others ended its line. */
  #atStart = true

  /** @param lines what is to be shown now; each fits the terminal. */
  constructor(readonly lines: () => readonly string[]) {
    const [, error] = this.#streams
    const [, write] = this.#writes
    const terminal = {
      write: (text: string) => write.call(error, text),
      get columns() {
        return error.columns || 80
      },
      get rows() {
        return error.rows || 24
      },
    }
    // The cursor stays: a program that is killed could not bring it back.
    this.#update = createLogUpdate(terminal as NodeJS.WriteStream, { showCursor: true })
    this.#streams.forEach((stream, i) => {
      stream.write = ((...args: Parameters<Write>) => {
        this.#update.clear()
        const more = this.#writes[i].apply(stream, args)
        const text = typeof args[0] === 'string' ? args[0] : Buffer.from(args[0]).toString()
        this.#atStart = text === '' ? this.#atStart : text.endsWith('\n')
        this.draw()
        return more
      }) as Write
    })
  }

  /** Writes the lines anew. */
  draw(): void {
    const lines = this.lines()
    if (lines.length > 0 && this.#atStart) this.#update(lines.join('\n'))
  }

  /** Takes the lines away, and leaves the streams as they were. */
  end(): void {
    this.#update.clear()
    this.#streams.forEach((stream, i) => {
      stream.write = this.#writes[i]
    })
  }
}
