import type { Fields, ValueOf } from '../state/schema.js'
import type { Argument, LocalRecipe, Node, Recipe } from './node.js'
import type { OperationRef } from './operation.js'

/** Arguments of a call: each a constant, or a function of the caller's locals. */
export type Arguments<P extends Fields, T> = {
  readonly [K in keyof P]: ValueOf<P[K]> | ((t: T) => ValueOf<P[K]>)
}

/**
 * The words an operation is written with. `S` is the shared state, `T` the operation's parameters and locals, `R` its
 * result. Everything that reads or writes shared state is one atomic step with a label; `when`, `loop`, `local` and
 * `ret` see the locals alone and take no step of their own.
 */
export interface Builder<S, T, R> {
  /** One atomic action. */
  step(label: string, run: (s: S, t: T) => void, note?: string): Node
  /** Blocks until `ready`, then acts in the same step. */
  waitUntil(label: string, ready: (s: S, t: T) => boolean, run?: (s: S, t: T) => void, note?: string): Node
  /** One step per value for which `when` holds: allocation failure, a spurious reference, which block is taken. */
  choose(
    label: string,
    values: readonly number[],
    run: (s: S, t: T, value: number) => void,
    when?: (s: S, t: T, value: number) => boolean,
  ): Node
  /** A step that reads shared state and branches on what it read. */
  test(label: string, condition: (s: S, t: T) => boolean, yes: readonly Node[], no?: readonly Node[]): Node
  /** A branch on locals: part of the step before it. */
  when(condition: (t: T) => boolean, yes: readonly Node[], no?: readonly Node[]): Node
  /** Repeats `body` while a condition on locals holds. */
  loop(condition: (t: T) => boolean, body: readonly Node[]): Node
  /** Changes locals alone: part of the step before it. */
  local(run: (t: T) => void): Node
  /** Calls an operation; the kernel in use decides which body runs. `into` receives its result. */
  call<P extends Fields, V>(
    label: string,
    callee: OperationRef<P, V>,
    args: Arguments<P, T>,
    into?: (t: T, value: V) => void,
  ): Node
  /** Leaves the operation, with its result. */
  ret(value?: (t: T) => R): Node
  label(name: string): Node
  goto(name: string): Node
  /** Steps that nobody can come between. `why` is the justification, and the label for patches. */
  atomic(why: string, body: readonly Node[]): Node
}

const nothing: Recipe = () => undefined
const always = () => true

/** The builder; one object serves every operation, since types alone differ. */
export function makeBuilder<S, T, R>(): Builder<S, T, R> {
  return words as unknown as Builder<S, T, R>
}

const words = {
  step: (label: string, run: Recipe, note = ''): Node => ({ kind: 'step', label, run, note }),
  waitUntil: (label: string, ready: Recipe<boolean>, run: Recipe = nothing, note = ''): Node => ({
    kind: 'wait',
    label,
    ready,
    run,
    note,
  }),
  choose: (
    label: string,
    values: readonly number[],
    run: (s: never, t: never, value: number) => void,
    when: (s: never, t: never, value: number) => boolean = always,
  ): Node => ({ kind: 'choose', label, values, run, when, note: '' }),
  test: (label: string, condition: Recipe<boolean>, yes: readonly Node[], no: readonly Node[] = []): Node => ({
    kind: 'test',
    label,
    condition,
    yes,
    no,
    note: '',
  }),
  when: (condition: LocalRecipe<boolean>, yes: readonly Node[], no: readonly Node[] = []): Node => ({
    kind: 'when',
    condition,
    yes,
    no,
  }),
  loop: (condition: LocalRecipe<boolean>, body: readonly Node[]): Node => ({ kind: 'loop', condition, body }),
  local: (run: LocalRecipe): Node => ({ kind: 'local', run }),
  call: (
    label: string,
    callee: OperationRef,
    args: Readonly<Record<string, Argument>>,
    into?: (t: never, value: never) => void,
  ): Node => ({ kind: 'call', label, callee, args, into }),
  ret: (value?: LocalRecipe<unknown>): Node => ({ kind: 'return', value }),
  label: (name: string): Node => ({ kind: 'label', name }),
  goto: (name: string): Node => ({ kind: 'goto', name }),
  atomic: (why: string, body: readonly Node[]): Node => ({ kind: 'atomic', why, body }),
}
