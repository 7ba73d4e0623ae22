import type { Run } from '../explore/result.js'
import type { Program } from '../program/program.js'
import { ReferenceSystem } from '../program/reference-system.js'
import { type Replay, replay } from '../trace/replay.js'
import { endOf } from './end.js'

/** Steps of a setup, at most, that are taken at once: one that never ends must not keep anybody waiting. */
const MOST_STEPS = 10_000

/** The run, and the setup after it as far as that leaves no choice. @throws Diverged when it is not possible. */
export function pastSetup(program: Program, run: Run): Run {
  const replayed = replay(program, run)
  const last = replayed.steps.at(-1)
  if (!program.setup || (last && endOf(last.outcome) !== '')) return run
  const system = new ReferenceSystem(program)
  const ordinals: number[] = []
  for (let state = replayed.last; ordinals.length < MOST_STEPS; ) {
    if (system.stepAt(state, 0).kind === 'end') break
    const enabled = system.enabled(state)
    if (enabled.length !== 1) break
    const next = system.fire(state, enabled[0])
    ordinals.push(enabled[0])
    if (endOf(next.outcome) !== '') break
    state = next.state
  }
  return ordinals.length === 0 ? run : { initial: run.initial, ordinals: [...run.ordinals, ...ordinals] }
}

/**
 * After how many steps there was something to decide: in the setup only where it could have gone on in several ways; and
 * everywhere after it.
 */
export function stopsOf(program: Program, replayed: Replay): number[] {
  const system = new ReferenceSystem(program)
  const places = [...replayed.steps.map(({ before }) => before), replayed.last]
  return places.flatMap((state, steps) => {
    const inSetup = program.setup && system.stepAt(state, 0).kind !== 'end'
    return !inSetup || steps === places.length - 1 || system.enabled(state).length > 1 ? [steps] : []
  })
}
