import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { UsageError } from '../errors.js'
import { forgetTests, testedAssertions } from '../program/findings.js'
import type { Finding } from '../system/finding.js'
import type { System } from '../system/system.js'
import { Again, Batch, checkUnchanged, outOfRange, type Reports } from './batch.js'
import type { Check } from './checks.js'
import { type Limits, limits as withDefaults } from './limits.js'
import { Abandoned, findLivelock, MOST_THREADS } from './livelock.js'
import { describeError, errorOf, type MemberError, type MemberReport, merge } from './member-report.js'
import type { ExploreOptions } from './options.js'
import { Progress } from './progress.js'
import { AmpleSets } from './reduce/ample.js'
import { Orbits } from './reduce/orbits.js'
import type { Exploration, Found, Reduction, Run, StopReason } from './result.js'
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
  readonly #unsettled: (() => void)[] = []
  readonly #broken: { readonly ordinal: number; readonly error: Error }[] = []
  #terminal = 0
  #explored = 0
  readonly #ports: MessagePort[] = []
  readonly #ample: AmpleSets | undefined
  readonly #orbits: Orbits | undefined
  #revised = 0

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
    const { order, symmetry } = options.reduce ?? {}
    if ((order || symmetry) && (options.strategy === 'dfs' || options.recruit)) {
      throw new UsageError('reductions', 'are for breadth-first searches by one thread', 'leave --strategy out')
    }
    this.#limits = withDefaults(options.limits)
    this.#progress = options.progress ?? new Progress()
    this.#open = [...checks]
    this.#unmet = checks.filter(({ when }) => when !== 'quiescent' && when !== 'livelock' && when !== 'afterwards')
    this.#again = new Again(system)
    const reports: Reports = {
      found: (parent, ordinal, findings) => this.#assertions(parent, ordinal, findings),
      cut: bound => this.#cut.set(bound, (this.#cut.get(bound) ?? 0) + 1),
      broke: (_, ordinal, error) => this.#broken.push({ ordinal, error }),
    }
    this.#batch = new Batch(store, reports, system.maxSuccessors)
    this.#batch.watching = checks.some(check => check.when === 'livelock')
    if (order) {
      const reduction = new AmpleSets(order.system, checks, order.alone, symmetry)
      this.#ample = reduction
      this.#batch.settled = (found, parents, count) => reduction.settle(found, parents, count)
    }
    if (symmetry && symmetry.size > 1) {
      this.#orbits = new Orbits(system, symmetry)
    }
  }

  run(): Exploration {
    forgetTests()
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
    const livelocks = depthFirst ? [] : this.#livelocks(reports.some(report => report.retreats))
    const looks = this.#looks()
    const later = [...looks, ...livelocks.map(livelock => ({ ...livelock, tested: true }))]
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
      reduction: this.#reduction(),
      stopped: this.#stopped,
      unexplored,
      lost: sum(report => report.lost),
      ...all,
      tested: new Set([...all.tested, ...later.flatMap(({ property, tested }) => (tested ? [property] : []))]),
      found: new Map([...all.found, ...later.flatMap(foundLater)]),
      looked: new Set(looks.map(({ property }) => property)),
    }
  }

  /** What all states together say, for the checks that ask them: nothing where they are not known, or time is up. */
  #looks(): { property: string; run: Run | undefined; tested: boolean }[] {
    if (!this.store.exact || (this.#stopped && this.#stopped !== 'states')) return []
    if (this.#ample || this.#orbits) return []
    const tick = () => {
      if (this.#progress.interrupted) this.team.stop('interrupted')
      else if ((performance.now() - this.#start) / 1000 > this.#limits.seconds) this.team.stop('time')
      else return
      throw new Abandoned()
    }
    return this.checks.flatMap(({ name, look }) => {
      try {
        return look ? [{ property: name, ...look(this.store, tick) }] : []
      } catch (thrown) {
        if (thrown instanceof Abandoned) return []
        throw thrown
      }
    })
  }

  /** What can be said of livelocks, now that all states are known: nothing where they are not. */
  #livelocks(retreats: boolean): { property: string; run: Run | undefined }[] {
    const { system, store, checks } = this
    if (this.#stopped || !store.exact || system.threads.length > MOST_THREADS) return []
    if (this.#ample || this.#orbits) return []
    return checks.flatMap(({ name, fairness }) => {
      if (!fairness) return []
      try {
        const run = retreats ? findLivelock(system, store, fairness, () => this.#tick()) : undefined
        return [{ property: name, run }]
      } catch (thrown) {
        if (thrown instanceof Abandoned) return []
        throw thrown
      }
    })
  }

  #insertInitial(): number {
    for (let i = 0; i < this.system.initialCount; i++) {
      if (!this.#batch.fits(1)) this.#flush()
      this.system.loadInitial(i)
      this.#batch.words.set(this.system.vector, this.#batch.slot * this.system.words)
      this.#batch.parent = NO_PARENT
      this.#batch.push(i & 0xffff)
      this.#orbits?.settle(this.#batch, this.#batch.slot - 1)
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
    const { store, system } = this
    for (let more = this.#ample !== undefined; more && store.count === end && !this.#stopped; ) {
      const load = (id: number) => store.load(id, system.vector)
      const fallen = [...(this.#ample?.revise(end, load, this.#again.batch) ?? [])]
      for (const id of fallen) this.#expandWhole(id)
      this.#flush()
      this.#revised += fallen.length
      more = fallen.length > 0
    }
  }

  #expandWhole(id: number): void {
    const { store, system } = this
    if (!this.#batch.fits(system.maxSuccessors)) this.#flush()
    store.load(id, system.vector)
    const from = this.#batch.slot
    this.#batch.parent = id
    this.#ample?.expandWhole(id, this.#batch)
    this.#orbits?.settle(this.#batch, from)
    for (const settle of this.#unsettled.splice(0)) settle()
    if (this.#spoke.size > 0 || this.#broken.length > 0) this.#settleBroken(id)
  }

  #reduction(): Reduction | undefined {
    const { symmetry } = this.options.reduce ?? {}
    if (!this.#ample && !symmetry) return undefined
    return {
      ...(this.#ample && { order: { ...this.#ample.numbers, revised: this.#revised } }),
      ...(symmetry && {
        symmetry: {
          exchanges: symmetry.size,
          what: symmetry.what,
          standFor: this.#orbits?.standFor ?? this.store.count,
        },
      }),
    }
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
    for (let id = this.#ample?.nextStuck(); id !== undefined && !this.store.full; id = this.#ample?.nextStuck()) {
      this.#expandWhole(id)
      this.#batch.flush()
      this.#revised++
    }
  }

  #visit(id: number): void {
    const { system, store } = this
    store.load(id, system.vector)
    const ample = this.#ample
    if (ample) this.#judge(ample, id)
    else
      for (let i = this.#open.length - 1; i >= 0; i--) {
        const check = this.#open[i]
        if (check.when === 'always' ? !check.holds() : check.when === 'reachable' && check.holds()) {
          this.#record(check.name, id, undefined, undefined)
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
    this.#orbits?.count(system.vector)
    if (sampled && this.#orbits) this.#orbits.check(system.vector.slice(), this.checks)
    const from = this.#batch.slot
    this.#batch.parent = id
    const enabled = ample ? ample.expand(id, this.#batch) : system.expand(this.#batch)
    this.#orbits?.settle(this.#batch, from)
    for (const settle of this.#unsettled.splice(0)) settle()
    if (enabled === 0) this.#atEnd(id)
    if (this.#spoke.size > 0 || this.#broken.length > 0) this.#settleBroken(id)
    if (sampled && !ample && !this.#orbits) this.#again.check(this.#batch, from, id)
  }

  /** As far as the step that led here may have changed it: its source was judged before. */
  #judge(ample: AmpleSets, id: number): void {
    const { store } = this
    const parent = store.parentOf(id)
    for (const { name } of ample.judge(parent === NO_PARENT ? undefined : vector => store.load(parent, vector))) {
      if (this.#open.some(check => check.name === name)) this.#record(name, id, undefined, undefined)
    }
  }

  /** The run that leads to a state, and by the step that spoke of a property. */
  #runTo(id: number, ordinal?: number, property = ''): Run {
    const { store } = this
    if (!this.#orbits) {
      const run = runTo(store, id)
      return ordinal === undefined ? run : { ...run, ordinals: [...run.ordinals, ordinal] }
    }
    const here = this.system.vector.slice()
    const run = this.#orbits.runTo(store, id, ordinal === undefined ? undefined : { property })
    this.system.vector.set(here)
    return run
  }

  /** A state in which nothing can run: deadlock, or quiescence. */
  #atEnd(id: number): void {
    this.#terminal++
    const rest = this.system.atRest()
    for (const check of [...this.#open]) {
      if (check.when === 'deadlock') {
        if (!rest) this.#record(check.name, id, undefined, undefined)
      } else if (check.when === 'quiescent' && rest && check.premise()) {
        this.#tested.add(check.name)
        if (!check.holds()) this.#record(check.name, id, undefined, undefined)
      }
    }
  }

  #assertions(parent: number, ordinal: number, findings: readonly Finding[]): void {
    this.#spoke.add(ordinal)
    for (const finding of findings) {
      if (finding.fatal) this.#lost++
      if (!this.#found.has(finding.property.name)) this.#record(finding.property.name, parent, ordinal, finding)
    }
  }

  #record(property: string, id: number, ordinal: number | undefined, finding: Finding | undefined): void {
    const found = () => ({ property, run: this.#runTo(id, ordinal, property), finding })
    if (this.#orbits && ordinal !== undefined) {
      // Its run is found by running steps, and this is said in the middle of one.
      this.#found.set(property, { property, run: { initial: 0, ordinals: [] }, finding })
      this.#unsettled.push(() => this.#found.set(property, found()))
    } else this.#found.set(property, found())
    this.#open = this.#open.filter(check => check.name !== property)
    const { any, all } = this.options.until ?? {}
    if (any?.has(property) || (all && [...all].every(name => this.#found.has(name)))) this.team.stop('first violation')
  }

  /** A value out of range is the model's fault, unless the run, that step included, has already violated something. */
  #settleBroken(parent: number): void {
    for (const { ordinal, error } of this.#broken) {
      if (!this.#spoke.has(ordinal) && !this.#violatedOn(this.#runTo(parent))) {
        throw outOfRange(this.system, ordinal, error)
      }
      this.#lost++
    }
    this.#spoke.clear()
    this.#broken.length = 0
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
function foundLater({ property, run }: { property: string; run: Run | undefined }): [string, Found][] {
  return run ? [[property, { property, run, finding: undefined }]] : []
}
