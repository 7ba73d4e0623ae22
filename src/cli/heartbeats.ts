import type { Progress } from '../explore/progress.js'
import { Running } from './running.js'
import type { ProgressDisplay, Shown, Subject } from './shown.js'

/** How often a log tells of a job that goes on. */
const EVERY_MS = 60_000
/** How often rates are looked at. */
const LOOK_MS = 2_000

/** For logs: a line on standard error for each job that takes long, once a minute, so that nobody thinks it hangs. */
export class Heartbeats<J extends Shown, R> implements ProgressDisplay<J, R> {
  readonly #running = new Map<J, { readonly job: Running; beats: number }>()
  readonly #timer: NodeJS.Timeout
  #done = 0

  constructor(
    readonly subject: Subject<J, R>,
    readonly write: (line: string) => void = line => process.stderr.write(line),
  ) {
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  started(job: J, progress: Progress): void {
    this.#running.set(job, { job: new Running(this.subject.nameOf(job), progress, job.limits), beats: 0 })
  }

  finished(job: J): void {
    this.#done++
    this.#running.delete(job)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    for (const entry of this.#running.values()) {
      const { job } = entry
      const { told } = job
      const beats = Math.floor((1000 * job.seconds) / EVERY_MS)
      if (beats <= entry.beats) continue
      entry.beats = beats
      this.write(`… [${this.#done}/${this.subject.total} done] ${job.name}: ${told}\n`)
    }
  }
}
