import type { Finding } from '../../system/finding.js'
import type { WatchedSystem } from '../../system/system.js'
import { failuresAtEnd } from '../at-end.js'
import type { Check } from '../checks.js'
import type { Limits } from '../limits.js'
import type { ExploreOptions } from '../options.js'
import type { Progress } from '../progress.js'
import type { Exploration, Found, Run, StopReason } from '../result.js'
import { Counts, countOne } from './counts.js'

/** Every how many steps clocks and limits are looked at. */
const TICK = 1024

/** What a search of runs has found and counted, and what ends it. */
export class Ledger {
  readonly tested = new Set<string>()
  stopped: StopReason | undefined
  /** The run up to the present state; kept by the search. */
  present: () => Run = () => ({ initial: 0, ordinals: [] })
  /** Of the search that goes on. */
  #now = new Counts()
  readonly #all = new Counts()
  readonly #found = new Map<string, Found>()
  readonly #start = performance.now()

  constructor(
    readonly system: WatchedSystem,
    readonly checks: readonly Check[],
    readonly limits: Limits,
    readonly progress: Progress,
    readonly until: NonNullable<ExploreOptions['until']>,
  ) {}

  /** A search begins. What an earlier one counted that was not ended is forgotten; what it found stays found. */
  begin(): void {
    this.#now = new Counts()
  }

  end(): void {
    this.#all.add(this.#now)
  }

  /** Counts a step; true when the search is to end. */
  tick(depth: number): boolean {
    const now = this.#now
    now.longest = Math.max(now.longest, depth + 1)
    const steps = ++now.steps + this.#all.steps
    if (now.steps % TICK !== 0 && steps < this.limits.states) return this.stopped !== undefined
    this.progress.set(steps, steps, 0, depth + 2, 0)
    if (steps >= this.limits.states) this.stopped ??= 'states'
    else if ((performance.now() - this.#start) / 1000 > this.limits.seconds) this.stopped ??= 'time'
    else if (this.progress.interrupted) this.stopped ??= 'interrupted'
    return this.stopped !== undefined
  }

  /** In the present state an invariant is false, or what is to be reachable true. */
  violates(check: Check): void {
    this.#record(check.name, [], undefined)
  }

  /** The step after the present run said something. */
  heard(ordinal: number, findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.fatal) this.#now.lost++
      this.#record(finding.property.name, [ordinal], finding)
    }
  }

  cut(bound: string): void {
    countOne(this.#now.cut, bound)
  }

  giveUp(bound: string): void {
    countOne(this.#now.givenUp, bound)
  }

  /** A run was given up that would be like one before. */
  repeats(): void {
    this.#now.redundant++
  }

  /** A run was not followed beyond a violation. */
  loses(): void {
    this.#now.lost++
  }

  /** A run has come to its end. `broken`: some thread could take a step, which would have had no effect. */
  completes(broken: boolean): void {
    this.#now.complete++
    if (!broken) this.#atEnd()
  }

  /** The present state, which is the working vector, has no successor. */
  #atEnd(): void {
    this.#now.terminal++
    for (const name of failuresAtEnd(this.checks, this.system.atRest(), this.tested)) this.#record(name, [], undefined)
  }

  exploration(): Exploration {
    const { searches, steps, longest, terminal, complete, redundant, cut, givenUp, lost } = this.#all
    // That no run gets stuck is put to the test by every state, as a premise that always holds is.
    for (const check of this.checks) if (check.when === 'deadlock') this.tested.add(check.name)
    return {
      strategy: 'dpor',
      states: steps,
      transitions: steps,
      initialStates: this.system.initialCount,
      levels: longest + 1,
      levelSizes: [],
      terminal,
      seconds: (performance.now() - this.#start) / 1000,
      bytes: 0,
      exact: true,
      stopped: this.stopped,
      unexplored: 0,
      cut,
      givenUp,
      runs: { complete, redundant, searches },
      lost,
      found: this.#found,
      tested: this.tested,
      coverage: this.system.coverage,
    }
  }

  #record(property: string, last: readonly number[], finding: Finding | undefined): void {
    if (this.#found.has(property)) return
    const { initial, ordinals } = this.present()
    this.#found.set(property, { property, run: { initial, ordinals: [...ordinals, ...last] }, finding })
    const { any, all } = this.until
    if (any?.has(property) || (all && [...all].every(name => this.#found.has(name)))) this.stopped ??= 'first violation'
  }
}
