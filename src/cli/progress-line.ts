import { type Limits, limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import { count } from '../numbers.js'

const EVERY_MS = 500

/**
 * One line on standard error about what is being explored, rewritten twice a second. Silent unless standard error is a
 * terminal.
 */
export class ProgressLine<J extends { readonly limits: Partial<Limits> }> {
  readonly #running = new Map<J, Progress>()
  readonly #started = new Map<J, number>()
  readonly #timer: NodeJS.Timeout | undefined
  #done = 0
  #shown = false

  constructor(
    readonly total: number,
    quiet: boolean,
    /** What a job is called. */
    readonly nameOf: (job: J) => string,
  ) {
    if (!quiet && process.stderr.isTTY) {
      this.#timer = setInterval(() => this.#show(), EVERY_MS)
      this.#timer.unref()
    }
  }

  started(job: J, progress: Progress): void {
    this.#running.set(job, progress)
  }

  finished(job: J): void {
    this.#done++
    this.#running.delete(job)
  }

  stop(): void {
    clearInterval(this.#timer)
    if (this.#shown) process.stderr.write('\r\u001b[K')
  }

  #show(): void {
    const parts = [...this.#running].flatMap(([job, progress]) => {
      const { states, transitions, frontier, depth, bytes } = progress.now
      if (states === 0) return []
      const since = this.#started.get(job) ?? Date.now()
      this.#started.set(job, since)
      const seconds = (Date.now() - since) / 1000
      const rate = seconds > 0 ? `${count(Math.round(transitions / seconds / 1000))}k steps/s` : ''
      const allowed = limits(job.limits)
      const share = Math.max(states / allowed.states, seconds / allowed.seconds, bytes / allowed.memory)
      return [
        `${this.nameOf(job)}: ${count(states)} states, ${rate}, frontier ${count(frontier)}, depth ${depth}, ${Math.round(share * 100)} % of the limits`,
      ]
    })
    const line = `[${this.#done}/${this.total}] ${parts.join(' | ')}`
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 100) - 1)}`)
    this.#shown = true
  }
}
