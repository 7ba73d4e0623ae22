import type { Access } from './access.js'
import type { OperationRef } from './operation.js'

/** The state and the locals as a recipe sees them; typed by the builder, erased here. */
export type Recipe<R = void> = (s: never, t: never) => R
export type LocalRecipe<R = void> = (t: never) => R
/** A parameter's value at a call: a constant, or computed from the caller's locals. */
export type Argument = LocalRecipe<unknown> | number | boolean | string

/** The body of an operation: a tree that reads like the C it mirrors. */
export type Node =
  | {
      readonly kind: 'step'
      readonly label: string
      readonly note: string
      readonly run: Recipe
      readonly access?: Access
    }
  | {
      readonly kind: 'wait'
      readonly label: string
      readonly note: string
      readonly ready: Recipe<boolean>
      readonly run: Recipe
    }
  | {
      readonly kind: 'choose'
      readonly label: string
      readonly note: string
      readonly values: readonly number[]
      readonly when: (s: never, t: never, value: number) => boolean
      readonly run: (s: never, t: never, value: number) => void
    }
  | {
      readonly kind: 'test'
      readonly label: string
      readonly note: string
      readonly condition: Recipe<boolean>
      readonly yes: readonly Node[]
      readonly no: readonly Node[]
      readonly access?: Access
    }
  | {
      readonly kind: 'when'
      readonly condition: LocalRecipe<boolean>
      readonly yes: readonly Node[]
      readonly no: readonly Node[]
    }
  | { readonly kind: 'loop'; readonly condition: LocalRecipe<boolean>; readonly body: readonly Node[] }
  | { readonly kind: 'local'; readonly run: LocalRecipe }
  | {
      readonly kind: 'call'
      readonly label: string
      readonly callee: OperationRef
      readonly args: Readonly<Record<string, Argument>>
      readonly into: ((t: never, value: never) => void) | undefined
    }
  | { readonly kind: 'return'; readonly value: LocalRecipe<unknown> | undefined }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'goto'; readonly name: string }
  | { readonly kind: 'atomic'; readonly why: string; readonly body: readonly Node[] }

/** The name by which a patch addresses a node, or undefined for nodes that have none. */
export function labelOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'step':
    case 'wait':
    case 'choose':
    case 'test':
    case 'call':
      return node.label
    case 'label':
      return node.name
    case 'atomic':
      return node.why
    default:
      return undefined
  }
}

/** A node in words, for messages. */
export function whatIs(node: Node): string {
  const label = labelOf(node)
  return label === undefined ? `a ${node.kind}` : `${node.kind} '${label}'`
}

/** The node with every list of children replaced by `edit` of it. */
export function mapChildren(node: Node, edit: (nodes: readonly Node[]) => readonly Node[]): Node {
  switch (node.kind) {
    case 'test':
    case 'when':
      return { ...node, yes: edit(node.yes), no: edit(node.no) }
    case 'loop':
    case 'atomic':
      return { ...node, body: edit(node.body) }
    default:
      return node
  }
}

/** The node and everything below it, in the order of the text. */
export function* walk(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node
    if (node.kind === 'test' || node.kind === 'when') {
      yield* walk(node.yes)
      yield* walk(node.no)
    } else if (node.kind === 'loop' || node.kind === 'atomic') yield* walk(node.body)
  }
}
