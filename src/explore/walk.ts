import { forgetTests, testedAssertions } from '../program/findings.js'
import type { Finding } from '../system/finding.js'
import type { Successors, System } from '../system/system.js'
import { failuresAtEnd } from './at-end.js'
import { outOfRange } from './batch.js'
import type { Check } from './checks.js'
import { type Limits, limits as withDefaults } from './limits.js'
import { Progress } from './progress.js'
import { makeRandom } from './random.js'
import type { Exploration, Found, StopReason } from './result.js'

export interface WalkOptions {
  /** Any integer; the same seed takes the same walks. */
  readonly seed?: number
  readonly runs?: number
  /** Steps of one run, at most. */
  readonly steps?: number
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
}

interface Choices extends Successors {
  slot: number
  readonly ordinals: number[]
  cuts: string[]
  failures: { ordinal: number; findings: readonly Finding[] }[]
  broken: { ordinal: number; error: Error } | undefined
}

/** Walks from the initial states at random, remembering nothing: finds violations in spaces too large to search. */
export function walk(system: System, checks: readonly Check[], options: WalkOptions = {}): Exploration {
  const { runs = 1000, steps = 10_000 } = options
  const limits = withDefaults(options.limits)
  const progress = options.progress ?? new Progress()
  const random = makeRandom(options.seed ?? 1)
  const start = performance.now()
  const found = new Map<string, Found>()
  const tested = new Set<string>()
  const cut = new Map<string, number>()
  const choices = makeChoices(system)
  forgetTests()
  progress.begin()
  let taken = 0
  let transitions = 0
  let terminal = 0
  let lost = 0
  let longest = 0
  let stopped: StopReason = 'random walks'

  for (let run = 0; run < runs && stopped === 'random walks'; run++) {
    const initial = random(system.initialCount)
    const ordinals: number[] = []
    const record = (property: string, last: readonly number[], finding: Finding | undefined) => {
      if (found.has(property)) return
      found.set(property, { property, run: { initial, ordinals: [...ordinals, ...last] }, finding })
    }
    let violated = false
    system.loadInitial(initial)
    for (let step = 0; step <= steps; step++) {
      taken++
      for (const check of checks) {
        if (check.when === 'quiescent' || check.when === 'livelock' || check.when === 'afterwards') continue
        if (check.premise()) tested.add(check.name)
        if (check.when === 'deadlock') continue
        if (check.when === 'reachable' ? check.holds() : !check.holds()) {
          record(check.name, [], undefined)
          violated ||= check.when === 'always'
        }
      }
      clear(choices)
      const enabled = system.expand(choices)
      transitions += choices.slot
      for (const bound of choices.cuts) cut.set(bound, (cut.get(bound) ?? 0) + 1)
      for (const { ordinal, findings } of choices.failures) {
        for (const finding of findings) {
          record(finding.property.name, [ordinal], finding)
          if (finding.fatal) lost++
        }
      }
      if (choices.broken) {
        const { ordinal, error } = choices.broken
        const spoke = choices.failures.some(failure => failure.ordinal === ordinal)
        if (!violated && !spoke) throw outOfRange(system, ordinal, error)
        lost++
      }
      if (enabled === 0) {
        terminal++
        for (const name of failuresAtEnd(checks, system.atRest(), tested)) record(name, [], undefined)
      }
      if (choices.slot === 0) break
      const pick = random(choices.slot)
      const ordinal = choices.ordinals[pick]
      violated ||= choices.failures.some(failure => failure.ordinal === ordinal)
      ordinals.push(ordinal)
      system.vector.set(choices.words.subarray(pick * system.words, (pick + 1) * system.words))
    }
    longest = Math.max(longest, ordinals.length)
    progress.set(taken, transitions, 0, longest, 0)
    if (progress.interrupted) stopped = 'interrupted'
    else if ((performance.now() - start) / 1000 > limits.seconds) stopped = 'time'
    else if (taken >= limits.states) stopped = 'states'
  }
  for (const name of testedAssertions()) tested.add(name)
  return {
    strategy: 'walk',
    states: taken,
    transitions,
    initialStates: system.initialCount,
    levels: longest + 1,
    levelSizes: [],
    terminal,
    seconds: (performance.now() - start) / 1000,
    bytes: 0,
    exact: false,
    stopped,
    unexplored: 0,
    cut,
    lost,
    found,
    tested,
    coverage: system.coverage,
  }
}

function makeChoices(system: System): Choices {
  const choices: Choices = {
    words: new Int32Array(system.maxSuccessors * system.words),
    slot: 0,
    ordinals: [],
    cuts: [],
    failures: [],
    broken: undefined,
    push(ordinal) {
      choices.ordinals.push(ordinal)
      choices.slot++
    },
    found(ordinal, findings) {
      choices.failures.push({ ordinal, findings })
    },
    cut(_, bound) {
      choices.cuts.push(bound)
    },
    broke(ordinal, error) {
      choices.broken = { ordinal, error }
    },
  }
  return choices
}

function clear(choices: Choices): void {
  choices.slot = 0
  choices.ordinals.length = 0
  choices.cuts.length = 0
  choices.failures.length = 0
  choices.broken = undefined
}
