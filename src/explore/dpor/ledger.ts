import type { Finding } from '../../system/finding.js'
import type { WatchedSystem } from '../../system/system.js'
import type { Check } from '../checks.js'
import type { Limits } from '../limits.js'
import type { ExploreOptions } from '../options.js'
import type { Progress } from '../progress.js'
import type { Exploration, Found, Run, StopReason } from '../result.js'

/** Every how many steps clocks and limits are looked at. */
const TICK = 1024

/** What a search of runs has found and counted, and what ends it. */
export class Ledger {
  readonly tested = new Set<string>()
  stopped: StopReason | undefined
  /** The run up to the present state; kept by the search. */
  present: () => Run = () => ({ initial: 0, ordinals: [] })
  /** Whether the present state violates something. */
  violation = false
  steps = 0
  longest = 0
  complete = 0
  redundant = 0
  lost = 0
  #terminal = 0
  readonly #cut = new Map<string, number>()
  readonly #givenUp = new Map<string, number>()
  readonly #found = new Map<string, Found>()
  readonly #start = performance.now()

  constructor(
    readonly system: WatchedSystem,
    readonly checks: readonly Check[],
    readonly limits: Limits,
    readonly progress: Progress,
    readonly until: NonNullable<ExploreOptions['until']>,
  ) {}

  /** Counts from nothing; what was found before stays found. */
  begin(): void {
    this.steps = this.longest = this.complete = this.redundant = this.lost = this.#terminal = 0
    this.#cut.clear()
    this.#givenUp.clear()
  }

  /** Counts a step; true when the search is to end. */
  tick(depth: number): boolean {
    this.longest = Math.max(this.longest, depth + 1)
    if (++this.steps % TICK !== 0 && this.steps < this.limits.states) return this.stopped !== undefined
    this.progress.set(this.steps, this.steps, 0, depth + 2, 0)
    if (this.steps >= this.limits.states) this.stopped ??= 'states'
    else if ((performance.now() - this.#start) / 1000 > this.limits.seconds) this.stopped ??= 'time'
    else if (this.progress.interrupted) this.stopped ??= 'interrupted'
    return this.stopped !== undefined
  }

  /** In the present state an invariant is false, or what is to be reachable true. */
  violates(check: Check): void {
    if (check.when === 'always') this.violation = true
    this.#record(check.name, [], undefined)
  }

  /** The step after the present run said something. */
  heard(ordinal: number, findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.fatal) this.lost++
      this.#record(finding.property.name, [ordinal], finding)
    }
  }

  cut(bound: string): void {
    this.#cut.set(bound, (this.#cut.get(bound) ?? 0) + 1)
  }

  giveUp(bound: string): void {
    this.#givenUp.set(bound, (this.#givenUp.get(bound) ?? 0) + 1)
  }

  /** The present state, which is the working vector, has no successor. */
  atEnd(): void {
    this.#terminal++
    const rest = this.system.atRest()
    for (const check of this.checks) {
      if (check.when === 'deadlock') {
        if (!rest) this.#record(check.name, [], undefined)
      } else if (check.when === 'quiescent' && rest && check.premise()) {
        this.tested.add(check.name)
        if (!check.holds()) this.#record(check.name, [], undefined)
      }
    }
  }

  exploration(): Exploration {
    const { steps, longest, stopped, complete, redundant } = this
    // That no run gets stuck is put to the test by every state, as a premise that always holds is.
    for (const check of this.checks) if (check.when === 'deadlock') this.tested.add(check.name)
    return {
      strategy: 'dpor',
      states: steps,
      transitions: steps,
      initialStates: this.system.initialCount,
      levels: longest + 1,
      levelSizes: [],
      terminal: this.#terminal,
      seconds: (performance.now() - this.#start) / 1000,
      bytes: 0,
      exact: true,
      stopped,
      unexplored: 0,
      cut: this.#cut,
      givenUp: this.#givenUp,
      runs: { complete, redundant },
      lost: this.lost,
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
