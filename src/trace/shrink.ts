import { ModelError } from '../errors.js'
import type { Run } from '../explore/result.js'
import { chainOf } from '../program/graph.js'
import type { Kernel } from '../program/kernel.js'
import { compile, type Program, SETUP } from '../program/program.js'
import type { Scenario } from '../program/scenario.js'
import type { Property } from '../property/property.js'
import { choiceOf, ordinalOf, threadOf } from '../system/system.js'
import { Diverged, type Replay, replay, violates } from './replay.js'

/** What was left out of a scenario, by thread name and number of the action (from 0) in the original scenario. */
export interface Cutting {
  readonly threads: readonly string[]
  readonly actions: readonly { readonly thread: string; readonly action: number }[]
}

export const NOTHING_CUT: Cutting = { threads: [], actions: [] }

/** The scenario without the threads and actions of `cutting`. The setup's thread name is `setup`. */
export function cut(scenario: Scenario, cutting: Cutting): Scenario {
  const kept = (thread: string) => (_: unknown, action: number) =>
    !cutting.actions.some(gone => gone.thread === thread && gone.action === action)
  return {
    ...scenario,
    setup: scenario.setup.filter(kept(SETUP)),
    threads: scenario.threads
      .filter(thread => !cutting.threads.includes(thread.name))
      .map(thread => ({ ...thread, actions: thread.actions.filter(kept(thread.name)) })),
  }
}

/** A violation in a scenario that may have lost parts. */
interface Shrunk {
  readonly program: Program
  readonly run: Run
  readonly cutting: Cutting
}

/**
 * Leaves out threads and actions one by one, last ones first. A part may go when the run without its steps says nothing
 * that it did not say before and violates the same property at its end; and when the part had steps, only if
 * `isShortest` confirms the new length. A scenario that lost what its other parts build on fails otherwise, and earlier:
 * that is another bug, one of the scenario.
 */
export function shrink(
  kernel: Kernel,
  program: Program,
  property: Property,
  run: Run,
  isShortest: (program: Program, length: number) => boolean,
): Shrunk {
  let best: Shrunk = { program, run, cutting: NOTHING_CUT }
  const said = reportedBeforeEnd(replay(program, run))
  for (let again = true; again; ) {
    again = false
    for (const cutting of furtherCuts(program.scenario, best.cutting)) {
      const smaller = without(kernel, program, property, run, cutting, said)
      if (!smaller) continue
      const shorter = smaller.run.ordinals.length < best.run.ordinals.length
      if (shorter && !isShortest(smaller.program, smaller.run.ordinals.length)) continue
      best = smaller
      again = true
      break
    }
  }
  return best
}

/** The run without the steps of what is cut, if it still violates the property and reports nothing new on the way. */
function without(
  kernel: Kernel,
  program: Program,
  property: Property,
  run: Run,
  cutting: Cutting,
  said: ReadonlySet<string>,
): Shrunk | undefined {
  try {
    const smaller = compile(kernel, cut(program.scenario, cutting))
    const numbers = new Map(smaller.threads.map((thread, t) => [thread.name, t]))
    const actions = actionsOf(program, run)
    const ordinals = run.ordinals.flatMap((ordinal, i) => {
      const { name } = program.threads[threadOf(ordinal)]
      const gone = cutting.actions.some(({ thread, action }) => thread === name && action === actions[i])
      const number = numbers.get(name)
      return gone || number === undefined ? [] : [ordinalOf(number, choiceOf(ordinal))]
    })
    const replayed = replay(smaller, { initial: run.initial, ordinals })
    const quiet = [...reportedBeforeEnd(replayed)].every(name => said.has(name))
    return quiet && violates(smaller, replayed, property)
      ? { program: smaller, run: { initial: run.initial, ordinals }, cutting }
      : undefined
  } catch (thrown) {
    if (thrown instanceof Diverged || thrown instanceof ModelError) return undefined
    throw thrown
  }
}

/** Names of the assertions that failed before the last step. */
function reportedBeforeEnd(replayed: Replay): Set<string> {
  return new Set(
    replayed.steps.slice(0, -1).flatMap(step => step.outcome.findings.map(({ property }) => property.name)),
  )
}

/** For each step of a run, the number of the action of its thread that it belongs to. */
function actionsOf(program: Program, run: Run): number[] {
  const { steps } = replay(program, run)
  return steps.map(step => {
    const t = threadOf(step.ordinal)
    const { frame } = program.threads[t].steps[step.before.threads[t].pc]
    const [, outermost] = chainOf(frame)
    return outermost?.action ?? -1
  })
}

/** Every cutting that leaves out one thing more: whole threads first, then single actions, last ones first. */
function furtherCuts(scenario: Scenario, cutting: Cutting): Cutting[] {
  const threads = scenario.threads.filter(thread => !cutting.threads.includes(thread.name))
  const whole =
    threads.length > 1 ? threads.map(thread => ({ ...cutting, threads: [...cutting.threads, thread.name] })) : []
  const gone = (name: string) => cutting.actions.filter(({ thread }) => thread === name)
  const single = [...threads, { name: SETUP, actions: scenario.setup }].flatMap(({ name, actions }) =>
    actions
      .map((_, action) => ({ thread: name, action }))
      .filter(({ action }) => !gone(name).some(other => other.action === action))
      .filter(() => name === SETUP || actions.length - gone(name).length > 1)
      .reverse()
      .map(action => ({ ...cutting, actions: [...cutting.actions, action] })),
  )
  return [...whole, ...single]
}
