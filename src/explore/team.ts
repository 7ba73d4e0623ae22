import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { StopReason } from './result.js'
import type { StoreHandle } from './store/shared-store.js'

/** Cells of the shared control memory. */
const STOP = 0
const NEXT = 1
const END = 2
const ROUND = 3
const ARRIVED = 4
const READY = 5
const OVER = 6
const REPORTS = 7
const CELLS = 8

/** The low bits of ROUND tell how many members take part in it: one cell, so that nobody sees only half of the news. */
const MEMBERS = 0xff

/** States that a member takes at a time. */
const CHUNK = 512

/** How long the leader waits for news of members that have at most one chunk left: a thread that died sends none. */
const PATIENCE_MS = 120_000

const REASONS: readonly StopReason[] = ['states', 'time', 'memory', 'interrupted', 'first violation']

/** What a new member needs to take part in a search that is under way; it can be sent to a worker thread. */
export interface Invitation {
  readonly store: StoreHandle
  readonly control: SharedArrayBuffer
  readonly port: MessagePort
}

/** One thread's side of a search by several threads: who takes which states of a level, and when the level is done. */
export class Team {
  readonly #cells: Int32Array

  constructor(
    readonly control: SharedArrayBuffer = new SharedArrayBuffer(4 * CELLS),
    readonly patience = PATIENCE_MS,
  ) {
    this.#cells = new Int32Array(control)
  }

  /** Asks every member to end; the first reason counts. */
  stop(reason: StopReason): void {
    Atomics.compareExchange(this.#cells, STOP, 0, REASONS.indexOf(reason) + 1)
  }

  get stopped(): StopReason | undefined {
    const reason = Atomics.load(this.#cells, STOP)
    // This is asked for every state, and an index below 0 is slow.
    return reason === 0 ? undefined : REASONS[reason - 1]
  }

  /** Opens a level, the states `from` up to `end`, to the leader and everyone who is ready by now. */
  open(from: number, end: number): void {
    const cells = this.#cells
    Atomics.store(cells, ARRIVED, 0)
    Atomics.store(cells, NEXT, from | 0)
    Atomics.store(cells, END, end | 0)
    const members = Math.min(MEMBERS, Atomics.load(cells, READY))
    Atomics.store(cells, ROUND, ((Atomics.load(cells, ROUND) | MEMBERS) + 1) | members)
    Atomics.notify(cells, ROUND)
  }

  /** The next states of the level for whoever asks, or undefined when all are taken. */
  take(): { from: number; to: number } | undefined {
    const from = Atomics.add(this.#cells, NEXT, CHUNK) >>> 0
    const end = Atomics.load(this.#cells, END) >>> 0
    return from < end ? { from, to: Math.min(end, from + CHUNK) } : undefined
  }

  /** The leader waits until every member has finished its part of the level. */
  close(): void {
    const cells = this.#cells
    for (;;) {
      const arrived = Atomics.load(cells, ARRIVED)
      if (arrived >= (Atomics.load(cells, ROUND) & MEMBERS)) return
      if (Atomics.wait(cells, ARRIVED, arrived, this.patience) === 'timed-out') throw this.#lost()
    }
  }

  /** A member's life: `work` runs once per level, until the search is over. */
  serve(work: () => void): void {
    const cells = this.#cells
    let round = Atomics.load(cells, ROUND)
    const rank = Atomics.add(cells, READY, 1)
    for (;;) {
      // The round was looked at before: if the search ends from here on, it is another one.
      if (Atomics.load(cells, OVER) === 1) return
      Atomics.wait(cells, ROUND, round)
      round = Atomics.load(cells, ROUND)
      if (rank >= (round & MEMBERS)) continue
      try {
        work()
      } finally {
        Atomics.add(cells, ARRIVED, 1)
        Atomics.notify(cells, ARRIVED)
      }
    }
  }

  /** The leader ends the search and collects what each member that took part has to report. */
  dismiss<Report>(ports: readonly MessagePort[]): Report[] {
    const cells = this.#cells
    const members = Atomics.load(cells, READY)
    Atomics.store(cells, OVER, 1)
    Atomics.store(cells, ROUND, (Atomics.load(cells, ROUND) | MEMBERS) + 1)
    Atomics.notify(cells, ROUND)
    const reports: Report[] = []
    const end = performance.now() + this.patience
    while (reports.length < members) {
      if (performance.now() > end) throw this.#lost()
      const seen = Atomics.load(cells, REPORTS)
      for (const port of ports) {
        for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port))
          reports.push(got.message as Report)
      }
      if (reports.length < members) Atomics.wait(cells, REPORTS, seen, 100)
    }
    return reports
  }

  #lost(): Error {
    return new Error(`a thread that took part in the search was not heard of for ${this.patience / 1000} s`)
  }

  /** A member hands in its report, its last act. */
  report(port: MessagePort, report: unknown): void {
    port.postMessage(report)
    Atomics.add(this.#cells, REPORTS, 1)
    Atomics.notify(this.#cells, REPORTS)
  }
}
