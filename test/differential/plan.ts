import type { Type } from 'foliocheck'

/**
 * A random model as plain data. Numbers that choose among things are taken modulo how many there are, so that every
 * plan is a model and every smaller plan is too.
 */
export interface Plan {
  readonly shared: readonly Type[]
  readonly initial: readonly (readonly Write[])[]
  /** Each may call those after it. */
  readonly operations: readonly OperationPlan[]
  readonly threads: readonly ThreadPlan[]
  readonly setup: readonly CallPlan[]
}

export interface OperationPlan {
  readonly params: readonly Type[]
  readonly locals: readonly Type[]
  readonly body: readonly NodePlan[]
  /** Steps that are never taken, before the body: they make the numbers of its steps large. */
  readonly padding: number
}

export interface ThreadPlan {
  readonly actions: readonly CallPlan[]
  readonly daemon: boolean
}

export interface CallPlan {
  readonly callee: number
  readonly args: readonly number[]
}

/** A sum of constants, the number of the thread, and scalars that a state holds, or half of it. */
export interface Expression {
  readonly terms: readonly { readonly from: 'constant' | 'thread' | 'shared' | 'local'; readonly index: number }[]
  readonly halved: boolean
}

/** Stores a number in a scalar; unless `raw`, wrapped into its range first. */
export interface Write {
  readonly kind: 'write'
  readonly to: 'shared' | 'local'
  readonly leaf: number
  /** Added to the indices on the way, so that the element depends on the state. */
  readonly shift: Expression
  readonly value: Expression
  readonly raw: boolean
}

/** What a step or a condition says about itself. */
export interface Claim {
  readonly kind: 'expect' | 'demand' | 'bound' | 'throw'
  readonly unless: Expression
  readonly name: number
}

export type Act =
  | Write
  | Claim
  /** Stores a whole record, which neither execution allows. */
  | { readonly kind: 'whole'; readonly unless: Expression; readonly leaf: number }

export type NodePlan =
  | { readonly kind: 'step'; readonly acts: readonly Act[] }
  | {
      readonly kind: 'wait'
      readonly ready: Expression
      readonly claims: readonly Claim[]
      readonly acts: readonly Act[]
    }
  | {
      readonly kind: 'choose'
      readonly values: readonly number[]
      readonly when: Expression | undefined
      readonly claims: readonly Claim[]
      readonly acts: readonly Act[]
    }
  | { readonly kind: 'test' | 'when'; readonly condition: Expression; readonly yes: NodePlans; readonly no: NodePlans }
  | { readonly kind: 'loop'; readonly times: number; readonly body: NodePlans }
  | { readonly kind: 'local'; readonly writes: readonly Write[] }
  | {
      readonly kind: 'call'
      readonly callee: number
      readonly args: readonly Expression[]
      readonly raw: boolean
      readonly hook: boolean
      readonly into: Write | undefined
    }
  | { readonly kind: 'ret'; readonly value: Expression | undefined }
  | { readonly kind: 'label' }
  | { readonly kind: 'goto'; readonly label: number }
  | { readonly kind: 'atomic'; readonly body: NodePlans }

export type NodePlans = readonly NodePlan[]
