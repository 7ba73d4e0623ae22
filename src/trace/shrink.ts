import type { Scenario } from '../program/scenario.js'

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
    setup: scenario.setup.filter(kept('setup')),
    threads: scenario.threads
      .filter(thread => !cutting.threads.includes(thread.name))
      .map(thread => ({ ...thread, actions: thread.actions.filter(kept(thread.name)) })),
  }
}

/** Every cutting that leaves out one thing more: whole threads first, then single actions, last ones first. */
export function furtherCuts(scenario: Scenario, cutting: Cutting): Cutting[] {
  const threads = scenario.threads.filter(thread => !cutting.threads.includes(thread.name))
  const whole =
    threads.length > 1 ? threads.map(thread => ({ ...cutting, threads: [...cutting.threads, thread.name] })) : []
  const places = [{ name: 'setup', actions: scenario.setup }, ...threads]
  const single = places.flatMap(({ name, actions }) =>
    actions
      .map((_, action) => ({ thread: name, action }))
      .filter(({ action }) => !cutting.actions.some(gone => gone.thread === name && gone.action === action))
      .filter(
        () => name === 'setup' || actions.length - cutting.actions.filter(gone => gone.thread === name).length > 1,
      )
      .reverse()
      .map(gone => ({ ...cutting, actions: [...cutting.actions, gone] })),
  )
  return [...whole, ...single]
}
