import type { Outcome } from '../check/outcome.js'
import type { Progress } from '../explore/progress.js'
import { printable } from '../report/wrap.js'
import { Block } from './block.js'
import { Running, timeText } from './running.js'
import type { ProgressDisplay, Shown, Subject } from './shown.js'
import { colourise, print } from './terminal.js'

const EVERY_MS = 250
/** Lines for what went wrong, and for what runs, at most. */
const MOST_FAULTS = 3
const MOST_RUNNING = 12
/** Seconds from which on a job is called slow, and a run from which on the slowest are listed. */
const SLOW_S = 10
const MOST_SLOW = 5
/** One alone is not the slowest of anything. */
const SOME = 2

const paint = colourise(process.stderr)

/** For terminals: what is done, what went wrong and what runs, in lines that are rewritten a few times a second. */
export class LiveView<J extends Shown, R> implements ProgressDisplay<J, R> {
  readonly #running = new Map<J, Running>()
  readonly #faults: string[] = []
  readonly #times: { readonly name: string; readonly seconds: number }[] = []
  readonly #start = performance.now()
  readonly #block = new Block(() => this.#lines())
  readonly #timer: NodeJS.Timeout
  #stopped = false

  constructor(readonly subject: Subject<J, R>) {
    this.#timer = setInterval(() => this.#block.draw(), EVERY_MS)
    this.#timer.unref()
  }

  started(job: J, progress: Progress): void {
    this.#running.set(job, new Running(this.subject.nameOf(job), progress, job.limits))
  }

  finished(job: J, outcome: Outcome<R>): void {
    const running = this.#running.get(job)
    this.#running.delete(job)
    if (!running) return
    const { name, seconds } = running
    this.#times.push({ name, seconds })
    const faults = outcome.ok ? (this.subject.faultsOf?.(outcome.result) ?? []) : [outcome.error.message]
    if (faults.length > 0) this.#faults.push(printable(`✗ ${name}: ${faults.join(', ')}`))
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    clearInterval(this.#timer)
    this.#block.end()
    const slowest = this.#times.sort((a, b) => b.seconds - a.seconds).slice(0, MOST_SLOW)
    if (this.#seconds < SLOW_S || slowest.length < SOME) return
    const all = slowest.map(({ name, seconds }) => `${name} ${timeText(seconds)}`)
    print([`  ${timeText(this.#seconds)} in all; slowest: ${all.join(', ')}`], process.stderr)
  }

  get #seconds(): number {
    return (performance.now() - this.#start) / 1000
  }

  #lines(): string[] {
    // A terminal that does not know its size says 0.
    const columns = process.stderr.columns || 80
    const rows = process.stderr.rows || 24
    const faults = this.#faults.slice(-MOST_FAULTS)
    const earlier = this.#faults.length - faults.length
    const shown = Math.max(1, Math.min(MOST_RUNNING, rows - faults.length - 4))
    const running = [...this.#running.values()].sort((a, b) => b.seconds - a.seconds)
    const more = running.length - shown
    const failed = this.#faults.length > 0 ? `, ${this.#faults.length} not as expected` : ''
    return [
      `[${this.#times.length}/${this.subject.total}] done${failed}, ${timeText(this.#seconds)}`,
      ...(earlier > 0 ? [`  ✗ … and ${earlier} before`] : []),
      ...faults,
      ...running.slice(0, shown).map(job => {
        const { told } = job
        return `${job.seconds > SLOW_S ? '▸ slow' : '▸'} ${job.name}: ${told}`
      }),
      ...(more > 0 ? [`  … and ${more} more`] : []),
    ].map(line => paint(cut(line, columns - 1)))
  }
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`
}
