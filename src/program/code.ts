import type { RecordType } from '../state/schema.js'
import type { Access } from './access.js'
import type { LocalRecipe, Recipe } from './node.js'

/** The locals of one call: which operation, and how deep in the call chain it lies. */
export interface CallFrame {
  readonly operation: string
  readonly source: string
  readonly type: RecordType
  readonly depth: number
  readonly caller: CallFrame | undefined
  /** For a call that the scenario makes: which of its thread's actions, from 0. */
  readonly action: number | undefined
}

interface At {
  readonly frame: CallFrame
  /** Steps of one atomic region share a number above 0; nobody comes between them. */
  readonly region: number
}

/** A step as users see it. `pc` numbers the steps of one thread from 0. */
interface Visible extends At {
  readonly pc: number
  readonly label: string
  readonly note: string
  readonly access?: Access
}

export type StepNode = Visible & { readonly kind: 'step'; readonly run: Recipe; next: Code }
export type WaitNode = Visible & {
  readonly kind: 'wait'
  readonly ready: Recipe<boolean>
  readonly run: Recipe
  next: Code
}
export type ChooseNode = Visible & {
  readonly kind: 'choose'
  readonly values: readonly number[]
  readonly when: (s: never, t: never, value: number) => boolean
  readonly run: (s: never, t: never, value: number) => void
  next: Code
}
export type TestNode = Visible & { readonly kind: 'test'; readonly condition: Recipe<boolean>; yes: Code; no: Code }
export type EndNode = Visible & { readonly kind: 'end' }
export type VisibleNode = StepNode | WaitNode | ChooseNode | TestNode | EndNode

export type LocalNode = At & { readonly kind: 'local'; readonly run: LocalRecipe; next: Code }
export type WhenNode = At & { readonly kind: 'when'; readonly condition: LocalRecipe<boolean>; yes: Code; no: Code }
export type EnterNode = At & {
  readonly kind: 'enter'
  readonly callee: CallFrame
  readonly params: readonly { readonly name: string; readonly value: LocalRecipe<unknown> }[]
  next: Code
}
export type LeaveNode = At & {
  readonly kind: 'leave'
  readonly value: LocalRecipe<unknown> | undefined
  readonly into: ((t: never, value: never) => void) | undefined
  next: Code
}
export type HiddenNode = LocalNode | WhenNode | EnterNode | LeaveNode

/** The control-flow graph of one thread. Hidden nodes run as part of the step before them. */
export type Code = VisibleNode | HiddenNode

/** One thread, compiled: where it starts, and its steps by number; the last is its end. */
export interface ThreadCode {
  readonly name: string
  readonly daemon: boolean
  readonly entry: Code
  readonly steps: readonly VisibleNode[]
  /** Call depth, at most. */
  readonly depth: number
}

/** Whether the node is a step that other threads can come before. */
export function isVisible(code: Code): code is VisibleNode {
  return code.kind !== 'local' && code.kind !== 'when' && code.kind !== 'enter' && code.kind !== 'leave'
}

/** A place in the text of an operation, for messages. */
export function whereIs(code: Code): string {
  return 'label' in code ? `${code.frame.operation} step '${code.label}'` : code.frame.operation
}
