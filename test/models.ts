import {
  type Action,
  checksOf,
  compile,
  createPlainStore,
  does,
  type Exploration,
  type ExploreOptions,
  explore,
  kernel,
  type Machine,
  type Operation,
  PackedSystem,
  type Program,
  type Property,
  type RecordType,
  scenario,
  thread,
  type ValueOf,
} from 'foliocheck'
import { unpackState } from '../src/program/reference-system.js'
import type { ScenarioSpec } from '../src/program/scenario.js'

type Spec<S extends RecordType> = Partial<ScenarioSpec<ValueOf<S>>>

/** A kernel of these operations under a scenario: unless told otherwise, one thread calls each of them once. */
export function programOf<S extends RecordType>(
  machine: Machine<S>,
  operations: readonly Operation[],
  spec: Spec<S> = {},
): Program {
  const threads = operations.map(operation => thread(operation.name, call(operation)))
  const made = scenario('small', machine, { about: 'for a test', threads, ...spec })
  return compile(kernel('k', { date: '2026-01', about: 'for a test' }, operations), made)
}

/** A call with default arguments. */
export function call(operation: Operation): Action {
  return does(operation, {})
}

/** Explores a program with a plain store. */
export function explored(
  program: Program,
  properties: readonly Property[] = [],
  options: ExploreOptions & { readonly memoryLimit?: number; readonly capacity?: number } = {},
): Exploration {
  const system = new PackedSystem(program)
  const { memoryLimit, capacity, ...rest } = options
  const store = createPlainStore(system.words, { memoryLimit, capacity })
  return explore(system, checksOf(properties, system.shared, program), store, rest)
}

/** Steps of the runs to what was found, by property. */
export function stepsOf(result: Exploration): Record<string, number> {
  return Object.fromEntries([...result.found].map(([name, { run }]) => [name, run.ordinals.length]))
}

/** The shared part of every reachable state, each once, in order of discovery. */
export function sharedStates(program: Program): unknown[] {
  const system = new PackedSystem(program)
  const store = createPlainStore(system.words)
  explore(system, [], store)
  const texts = Array.from({ length: store.count }, (_, id) => {
    store.load(id, system.vector)
    return JSON.stringify(unpackState(program, system.layout, system.memory).shared)
  })
  return [...new Set(texts)].map(text => JSON.parse(text) as unknown)
}
