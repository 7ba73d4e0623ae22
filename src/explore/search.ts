import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { UsageError } from '../errors.js'
import { forgetTests, testedAssertions } from '../program/findings.js'
import type { Finding } from '../system/finding.js'
import type { System } from '../system/system.js'
import { type Afterwards, livelocks, lookAtAll, violationsAmong } from './afterwards.js'
import { failuresAtEnd } from './at-end.js'
import { Again, Batch, checkUnchanged, outOfRange, type Reports } from './batch.js'
import type { Check } from './checks.js'
import { type Limits, limits as withDefaults } from './limits.js'
import { Abandoned } from './livelock.js'
import { describeError, errorOf, type MemberError, type MemberReport, merge } from './member-report.js'
import type { ExploreOptions } from './options.js'
import { Progress } from './progress.js'
import { Reducer } from './reduce/reducer.js'
import type { Exploration, Found, Run, StopReason } from './result.js'
import { runTo } from './run-to.js'
import { NO_PARENT, type StateStore } from './store/store.js'
import { Team } from './team.js'

/** States of a level from which on other threads are brought in. */
const WIDE = 8192

/** How many states are expanded twice, and every how many afterwards, to catch recipes that look outside the state. */
const DETERMINISM_FIRST = 64
const DETERMINISM_SAMPLE = 997
/** Every how many states clocks and limits are looked at. */
const TICK = 1024

/** One thread's part of a search: the whole of it, or as the leader or a member of a team. */
export class Search {
  readonly #limits: Limits
  readonly #progress: Progress
  readonly #found = new Map<string, Found>()
  readonly #tested = new Set<string>()
  readonly #cut = new Map<string, number>()
  readonly #batch: Batch
  readonly #again: Again
  readonly #start = performance.now()
  readonly #levelSizes: number[] = []
  #open: Check[]
  #unmet: Check[]
  #lost = 0
  #depth = 0
  /** Of the state that is expanded: steps that violated something, and steps that stored a value out of range. */
  readonly #spoke = new Set<number>()
  readonly #said: { readonly ordinal: number; readonly finding: Finding }[] = []
  readonly #broken: { readonly ordinal: number; readonly error: Error }[] = []
  #terminal = 0
  #explored = 0
  readonly #ports: MessagePort[] = []
  readonly #reducer: Reducer | undefined

  constructor(
    readonly system: System,
    readonly checks: readonly Check[],
    readonly store: StateStore,
    readonly options: ExploreOptions,
    readonly team = new Team(),
  ) {
    if (options.strategy === 'dfs' && !store.exact) {
      throw new UsageError(
        'strategy dfs',
        'cannot recognise states by fingerprints',
        'search exactly, or breadth-first',
      )
    }
    const { reduce } = options
    if (reduce && (options.strategy === 'dfs' || options.recruit)) {
      throw new UsageError('reductions', 'are for breadth-first searches by one thread', 'leave --strategy out')
    }
    this.#limits = withDefaults(options.limits)
    this.#progress = options.progress ?? new Progress()
    this.#open = [...checks]
    this.#unmet = checks.filter(({ when }) => when !== 'quiescent' && when !== 'livelock' && when !== 'afterwards')
    this.#again = new Again(system)
    const reports: Reports = {
      found: (_, ordinal, findings) => this.#assertions(ordinal, findings),
      cut: bound => this.#cut.set(bound, (this.#cut.get(bound) ?? 0) + 1),
      broke: (_, ordinal, error) => this.#broken.push({ ordinal, error }),
    }
    this.#batch = new Batch(store, reports, system.maxSuccessors)
    this.#batch.watching = checks.some(check => check.when === 'livelock')
    if (!reduce) return
    const reducer = new Reducer(system, store, checks, reduce)
    this.#reducer = reducer
    this.#batch.settled = (found, parents, count) => reducer.inserted(found, parents, count)
  }

  run(): Exploration {
    forgetTests()
    this.#progress.begin()
    const initial = this.#insertInitial()
    const depthFirst = this.options.strategy === 'dfs'
    try {
      if (depthFirst) this.#depthFirst()
      else this.#breadthFirst()
    } catch (thrown) {
      this.team.stop('interrupted')
      this.team.dismiss(this.#ports)
      throw thrown
    }
    const seconds = (performance.now() - this.#start) / 1000
    this.#show()
    const { store } = this
    const reports = [this.#report(), ...this.team.dismiss<MemberReport>(this.#ports)]
    const failed = reports.find(report => report.error !== undefined)
    if (failed?.error) throw errorOf(failed.error)
    const all = merge(reports)
    const looks = this.#looks()
    const later = [...looks, ...this.#livelocks(reports.some(report => report.retreats))]
    const sum = (of: (report: MemberReport) => number) => reports.reduce((all, report) => all + of(report), 0)
    const unexplored = store.count - sum(report => report.explored)
    if (unexplored !== 0 && !this.#stopped) throw new Error(`${unexplored} states were not looked at; report this`)
    return {
      strategy: depthFirst ? 'dfs' : 'bfs',
      states: store.count,
      transitions: sum(report => report.transitions),
      initialStates: initial,
      levels: this.#depth,
      levelSizes: this.#levelSizes,
      terminal: sum(report => report.terminal),
      seconds,
      bytes: store.bytes,
      exact: store.exact,
      reduction: this.#reducer?.summary,
      stopped: this.#stopped,
      unexplored,
      lost: sum(report => report.lost),
      ...all,
      tested: new Set([...all.tested, ...later.flatMap(({ property, tested }) => (tested ? [property] : []))]),
      found: new Map([...all.found, ...violationsAmong(later)]),
      looked: new Set(looks.map(({ property }) => property)),
    }
  }

  /** What the checks say that look at all states; nothing where those are not known, or time is up. */
  #looks(): Afterwards[] {
    if (this.#reducer || !this.store.exact || (this.#stopped && this.#stopped !== 'states')) return []
    return lookAtAll(this.checks, this.store, () => {
      if (this.#progress.interrupted) this.team.stop('interrupted')
      else if ((performance.now() - this.#start) / 1000 > this.#limits.seconds) this.team.stop('time')
      else return
      throw new Abandoned()
    })
  }

  #livelocks(retreats: boolean): Afterwards[] {
    const { system, store, checks, options } = this
    if (this.#reducer || this.#stopped || !store.exact || options.strategy === 'dfs') return []
    return livelocks(checks, system, store, retreats, () => this.#tick())
  }

  #insertInitial(): number {
    for (let i = 0; i < this.system.initialCount; i++) {
      if (!this.#batch.fits(1)) this.#flush()
      this.system.loadInitial(i)
      this.#batch.words.set(this.system.vector, this.#batch.slot * this.system.words)
      this.#batch.parent = NO_PARENT
      this.#batch.push(i & 0xffff)
      this.#reducer?.settle(this.#batch, this.#batch.slot - 1)
      this.#batch.transitions--
    }
    this.#flush()
    return this.store.count
  }

  /** Ids are given in the order of discovery, so the queue is the range from the next id to the count. */
  #breadthFirst(): void {
    const { store, team } = this
    for (let next = 0, end = store.count; next < end && !this.#stopped; next = end, end = store.count) {
      this.#depth = this.#levelSizes.push(end - next)
      this.#progress.open(end - next)
      this.#recruit(end - next)
      team.open(next, end)
      this.#level()
      team.close()
      if (this.#ports.length > 0) this.options.recruit?.store.giveUp(end)
      if (store.count === end) this.#revise(end)
    }
  }

  /** Expands whole the states below `end` whose reduction does not stand, until there is none or something new is found. */
  #revise(end: number): void {
    for (let more = true; more && this.store.count === end && !this.#stopped; ) {
      const fallen = this.#reducer?.fallen(end, this.#again.batch) ?? []
      for (const id of fallen) this.#expandWhole(id)
      this.#flush()
      more = fallen.length > 0
    }
  }

  #expandWhole(id: number): void {
    const { store, system } = this
    if (!this.#batch.fits(system.maxSuccessors)) this.#flush()
    store.load(id, system.vector)
    this.#batch.parent = id
    this.#reducer?.expandWhole(id, this.#batch)
    this.#settle(id)
  }

  /** Visits this thread's share of the open level. */
  #level(): void {
    const { team, system } = this
    for (let chunk = team.take(); chunk && !this.#stopped; chunk = team.take()) {
      for (let id = chunk.from; id < chunk.to && !this.#stopped; id++) {
        if (this.#due() && this.#tick()) break
        this.#explored++
        this.#visit(id)
        if (!this.#batch.fits(system.maxSuccessors)) this.#flush()
      }
    }
    this.#flush()
  }

  /** Invites other threads, once, when a level is wide enough to share. They join when they are ready. */
  #recruit(width: number): void {
    const { recruit } = this.options
    if (!recruit || this.#ports.length > 0 || width < (recruit.width ?? WIDE)) return
    const store = recruit.store.share()
    for (let i = 0; i < recruit.members; i++) {
      const { port1, port2 } = new MessageChannel()
      this.#ports.push(port1)
      recruit.start({ store, control: this.team.control, port: port2 })
    }
  }

  /** A member's part: levels as the leader opens them, then its report. */
  serve(port: MessagePort): void {
    forgetTests()
    let error: MemberError | undefined
    this.team.serve(() => {
      if (error) return
      try {
        this.#level()
      } catch (thrown) {
        error = describeError(thrown)
        this.team.stop('interrupted')
      }
    })
    this.team.report(port, { ...this.#report(), error })
  }

  #report(): MemberReport {
    for (const name of testedAssertions()) this.#tested.add(name)
    return {
      explored: this.#explored,
      transitions: this.#batch.transitions,
      terminal: this.#terminal,
      lost: this.#lost,
      retreats: this.#batch.retreats,
      cut: this.#cut,
      found: this.#found,
      tested: this.#tested,
      coverage: this.system.coverage,
      error: undefined,
    }
  }

  #depthFirst(): void {
    const { store } = this
    const stack: number[] = []
    const depths: number[] = []
    const push = (from: number, depth: number) => {
      for (let id = store.count - 1; id >= from; id--) {
        stack.push(id)
        depths.push(depth)
      }
    }
    push(0, 1)
    while (stack.length > 0 && !this.#stopped) {
      if (this.#due() && this.#tick()) break
      const id = stack.pop() ?? 0
      const depth = depths.pop() ?? 0
      this.#depth = Math.max(this.#depth, depth)
      const from = store.count
      this.#explored++
      this.#visit(id)
      this.#flush()
      push(from, depth + 1)
    }
  }

  #flush(): void {
    this.#batch.flush()
    if (this.store.full) this.team.stop('memory')
    for (let id = this.#reducer?.nextStuck(); id !== undefined && !this.store.full; id = this.#reducer?.nextStuck()) {
      this.#expandWhole(id)
      this.#batch.flush()
    }
  }

  #visit(id: number): void {
    const { system, store } = this
    store.load(id, system.vector)
    const reducer = this.#reducer
    const failed = reducer?.judge(id)
    if (failed) for (const { name } of failed) this.#fails(name, id)
    else {
      for (let i = this.#open.length - 1; i >= 0; i--) {
        const check = this.#open[i]
        if (check.when === 'always' ? !check.holds() : check.when === 'reachable' && check.holds()) {
          this.#record(check.name, id)
        }
      }
    }
    for (let i = this.#unmet.length - 1; i >= 0; i--) {
      if (this.#unmet[i].premise()) {
        this.#tested.add(this.#unmet[i].name)
        this.#unmet.splice(i, 1)
      }
    }
    const sampled = id < DETERMINISM_FIRST || id % DETERMINISM_SAMPLE === 0
    if (sampled) checkUnchanged(system, store, id, 'a property')
    if (sampled) reducer?.check()
    const from = this.#batch.slot
    this.#batch.parent = id
    const enabled = reducer ? reducer.expand(id, this.#batch) : system.expand(this.#batch)
    if (enabled === 0) this.#atEnd(id)
    if (this.#spoke.size > 0 || this.#broken.length > 0) this.#settle(id)
    if (sampled && !reducer) this.#again.check(this.#batch, from, id)
  }

  #fails(property: string, id: number): void {
    if (this.#open.some(check => check.name === property)) this.#record(property, id)
  }

  /** A state in which nothing can run: deadlock, or quiescence. */
  #atEnd(id: number): void {
    this.#terminal++
    for (const name of failuresAtEnd(this.#open, this.system.atRest(), this.#tested)) this.#record(name, id)
  }

  #assertions(ordinal: number, findings: readonly Finding[]): void {
    this.#spoke.add(ordinal)
    for (const finding of findings) {
      if (finding.fatal) this.#lost++
      if (!this.#found.has(finding.property.name)) this.#said.push({ ordinal, finding })
    }
  }

  #record(property: string, id: number, said?: { readonly ordinal: number; readonly finding: Finding }): void {
    this.#found.set(property, {
      property,
      run: this.#runTo(id, said && { ordinal: said.ordinal, property }),
      finding: said?.finding,
    })
    this.#open = this.#open.filter(check => check.name !== property)
    const { any, all } = this.options.until ?? {}
    if (any?.has(property) || (all && [...all].every(name => this.#found.has(name)))) this.team.stop('first violation')
  }

  /**
   * Settles what the steps of an expanded state said. A value out of range is the model's fault, unless the run, that step
   * included, has already violated something.
   */
  #settle(parent: number): void {
    for (const said of this.#said) {
      const { name } = said.finding.property
      if (!this.#found.has(name)) this.#record(name, parent, said)
    }
    this.#said.length = 0
    for (const { ordinal, error } of this.#broken) {
      if (!this.#spoke.has(ordinal) && !this.#violatedOn(this.#runTo(parent))) {
        throw outOfRange(this.system, ordinal, error)
      }
      this.#lost++
    }
    this.#spoke.clear()
    this.#broken.length = 0
  }

  #runTo(id: number, last?: { readonly ordinal: number; readonly property: string }): Run {
    return this.#reducer?.runTo(id, last) ?? runTo(this.store, id, ...(last ? [last.ordinal] : []))
  }

  #violatedOn(run: Run): boolean {
    const { system } = this
    const here = system.vector.slice()
    const violated = () => this.checks.some(check => check.when === 'always' && !check.holds())
    system.loadInitial(run.initial)
    let bad = violated()
    for (const ordinal of run.ordinals) {
      if (bad) break
      bad = system.fire(ordinal).findings.length > 0 || violated()
    }
    system.vector.set(here)
    return bad
  }

  get #stopped(): StopReason | undefined {
    return this.team.stopped
  }

  /** Whether to look at limits now: every so often, and at once when the states found may reach their limit. */
  #due(): boolean {
    if (this.store.count + this.#batch.slot >= this.#limits.states) {
      this.#flush()
      return true
    }
    return this.#explored % TICK === 0
  }

  #show(): void {
    const { store } = this
    const { transitions } = this.#batch
    this.#progress.set(store.count, transitions, store.count - this.#explored, this.#depth, store.bytes)
  }

  #tick(): boolean {
    const { store, team } = this
    this.#show()
    if (store.count >= this.#limits.states) team.stop('states')
    else if ((performance.now() - this.#start) / 1000 > this.#limits.seconds) team.stop('time')
    else if (store.bytes > this.#limits.memory) team.stop('memory')
    else if (this.#progress.interrupted) team.stop('interrupted')
    return this.#stopped !== undefined
  }
}

/** A violation that was found after the search, under its property. */
