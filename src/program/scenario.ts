import { ModelError } from '../errors.js'
import type { Fields, RecordType, ValueOf } from '../state/schema.js'
import type { Machine, Operation, OperationRef } from './operation.js'

/** One call that a scenario's thread makes, with constant arguments. */
export interface Action {
  readonly callee: OperationRef
  readonly args: Readonly<Record<string, number | boolean | string>>
}

/** A CPU or worker that makes its calls one after the other. */
export interface Thread {
  readonly name: string
  readonly actions: readonly Action[]
  /** May wait for ever without that being a deadlock: a worker that serves requests. */
  readonly daemon: boolean
}

/** Initial states and threads: what is explored. */
export interface Scenario {
  readonly name: string
  /** What the threads do and what is asked, in one or two sentences. */
  readonly about: string
  /** The machine that it runs on, by name. */
  readonly machine: string
  readonly schema: RecordType
  /** Each recipe makes one initial state out of the default state. */
  readonly initial: readonly ((s: never) => void)[]
  /** Runs alone, to its end, before any thread starts. */
  readonly setup: readonly Action[]
  readonly threads: readonly Thread[]
  /** What the calls through pointers are bound to: hook name to operation, as a driver's ops table does. */
  readonly bind: Readonly<Record<string, OperationRef>>
  /** The scenario's own operations, where the kernel has none of that name. */
  readonly operations: readonly Operation[]
  /** Properties that must have had their chance to fail here, by name; one that had none is vacuous. */
  readonly exercises: readonly string[]
  /** Bug ids and subjects, for `list` and for choosing with `--tag`. */
  readonly tags: readonly string[]
  /** Kernels and patches the scenario needs operations of, by operation name. */
  readonly needs: readonly string[]
  /** The store order it is about; `sc` unless given. */
  readonly storeOrder: StoreOrder
}

/** In which order stores become visible to other threads: see `withStoreOrder`. */
export const STORE_ORDERS = ['sc', 'tso', 'pso'] as const
export type StoreOrder = (typeof STORE_ORDERS)[number]

export interface ScenarioSpec<S> {
  readonly about: string
  readonly initial?: readonly ((s: S) => void)[]
  readonly setup?: readonly Action[]
  readonly threads: readonly Thread[]
  readonly bind?: Readonly<Record<string, OperationRef>>
  readonly operations?: readonly Operation[]
  readonly exercises?: readonly string[]
  readonly tags?: readonly string[]
  readonly needs?: readonly string[]
  readonly storeOrder?: StoreOrder
}

/** A scenario over the state of `machine`. @throws ModelError for no threads, two of one name, or no initial state. */
export function scenario<S extends RecordType>(
  name: string,
  machine: Machine<S>,
  spec: ScenarioSpec<ValueOf<S>>,
): Scenario {
  const names = spec.threads.map(thread => thread.name)
  if (names.length === 0) throw new ModelError(`scenario ${name}`, 'has no threads', 'add one with thread(…)')
  if (new Set(names).size !== names.length) {
    throw new ModelError(`scenario ${name}`, 'has two threads of one name', 'rename one')
  }
  const initial = spec.initial ?? [() => undefined]
  if (initial.length === 0 || initial.length > 0x10000) {
    throw new ModelError(
      `scenario ${name}`,
      `has ${initial.length} initial states`,
      'give 1 to 65536, or leave `initial` out for the default state',
    )
  }
  return {
    name,
    about: spec.about,
    machine: machine.name,
    schema: machine.schema,
    initial,
    setup: spec.setup ?? [],
    threads: spec.threads,
    bind: spec.bind ?? {},
    operations: spec.operations ?? [],
    exercises: spec.exercises ?? [],
    tags: spec.tags ?? [],
    needs: spec.needs ?? [],
    storeOrder: spec.storeOrder ?? 'sc',
  }
}

/** A thread and what it does, in order. */
export function thread(name: string, ...actions: Action[]): Thread {
  return { name, actions, daemon: false }
}

/** A thread that may wait for ever at its end of work. */
export function daemon(name: string, ...actions: Action[]): Thread {
  return { name, actions, daemon: true }
}

/** A call of `callee` with constant arguments. */
export function does<P extends Fields>(
  callee: OperationRef<P, unknown>,
  args: { readonly [K in keyof P]: ValueOf<P[K]> },
): Action {
  return { callee, args: args as Readonly<Record<string, number | boolean | string>> }
}
