import fc from 'fast-check'
import { checksOf, createTreeStore, type Exploration, explore, PackedSystem } from 'foliocheck'
import { expect, test } from 'vitest'
import { exploreRuns } from '../../src/explore/dpor/explore-runs.js'
import { boundedRuns } from './bounded-runs.js'
import { countTraces } from './count-traces.js'
import { buildRaces, racePlan } from './races.js'

const RUNS = Number(process.env.FOLIOCHECK_RUNS ?? 2000)
const seed = process.env.FOLIOCHECK_SEED === undefined ? {} : { seed: Number(process.env.FOLIOCHECK_SEED) }

/** Remembers the states in which nothing could run. */
class Watched extends PackedSystem {
  readonly ends = new Set<string>()

  override atRest(): boolean {
    const rest = super.atRest()
    this.ends.add(`${this.vector.join()} ${rest}`)
    return rest
  }
}

function factsOf(system: Watched, result: Exploration) {
  return {
    found: [...result.found.keys()].sort(),
    tested: [...result.tested].sort(),
    cut: [...result.cut.keys()].sort(),
    lost: result.lost > 0,
    dead: result.coverage.map(steps => steps.map(times => times === 0)),
    ends: [...system.ends].sort(),
  }
}

test('a search of runs finds what a search of states finds', () => {
  const seen = { deadlock: 0, violated: 0, reached: 0, waited: 0, fatal: 0, cut: 0, redundant: 0 }
  fc.assert(
    fc.property(racePlan(true), plan => {
      const { program, properties } = buildRaces(plan)
      const states = new Watched(program)
      const bfs = explore(states, checksOf(properties, states.shared), createTreeStore(states.words))
      const runs = new Watched(program, { watch: true })
      const dpor = exploreRuns(runs, checksOf(properties, runs.shared))
      expect(dpor.stopped).toBeUndefined()
      expect(factsOf(runs, dpor)).toEqual(factsOf(states, bfs))
      if (bfs.found.has('no-deadlock')) seen.deadlock++
      if ([...bfs.found.keys()].some(name => name.startsWith('never'))) seen.violated++
      if ([...bfs.found.keys()].some(name => name.startsWith('reached'))) seen.reached++
      if (plan.threads.flat().some(({ kind }) => kind === 'wait')) seen.waited++
      if (bfs.lost > 0) seen.fatal++
      if (bfs.cut.size > 0) seen.cut++
      if (dpor.runs?.redundant) seen.redundant++
    }),
    { numRuns: RUNS, ...seed },
  )
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(RUNS / 50)
}, 300_000)

test('as many complete runs as there are traces', () => {
  let several = 0
  fc.assert(
    fc.property(racePlan(false), plan => {
      const { program } = buildRaces(plan)
      const counted = countTraces(new PackedSystem(program, { watch: true }), 3000)
      fc.pre(counted !== undefined)
      const { runs } = exploreRuns(new PackedSystem(program, { watch: true }), [])
      expect(runs?.complete).toBe(counted)
      if (counted !== undefined && counted > 3) several++
    }),
    { numRuns: RUNS / 4, ...seed },
  )
  expect(several).toBeGreaterThan(RUNS / 40)
}, 300_000)

test('a bound on preemptions leaves out no run within it, and says when it left out some', () => {
  const seen = { cut: 0, whole: 0, less: 0 }
  fc.assert(
    fc.property(racePlan(false), fc.nat(3), (plan, most) => {
      const { program, properties } = buildRaces(plan)
      const slow = new Watched(program, { watch: true })
      const checks = checksOf(properties, slow.shared)
      const found = new Set<string>()
      boundedRuns(slow, most, enabled => {
        const rest = enabled || slow.atRest()
        for (const { name, when, holds, premise } of checks) {
          if (when === 'deadlock' ? !rest : when === 'reachable' ? holds() : when === 'always' && !holds())
            found.add(name)
          if (when === 'quiescent' && !enabled && rest && premise() && !holds()) found.add(name)
        }
      })
      const runs = new Watched(program, { watch: true })
      const bounded = exploreRuns(runs, checksOf(properties, runs.shared), { preemptions: most })
      expect([...bounded.found.keys()].sort()).toEqual([...found].sort())
      expect([...runs.ends].sort()).toEqual([...slow.ends].sort())
      const all = new Watched(program, { watch: true })
      const whole = exploreRuns(all, checksOf(properties, all.shared))
      if (bounded.givenUp?.size === 0) {
        seen.whole++
        expect(factsOf(runs, bounded)).toEqual(factsOf(all, whole))
      } else {
        seen.cut++
        if (bounded.found.size < whole.found.size) seen.less++
      }
    }),
    { numRuns: RUNS / 2, ...seed },
  )
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(RUNS / 2000)
}, 300_000)
