import { ModelError } from '../errors.js'
import type { Fields } from '../state/schema.js'
import { record } from '../state/schema.js'
import { bodyOf, type Kernel, withOperations } from './kernel.js'
import { labelOf, mapChildren, type Node, walk } from './node.js'
import type { Operation, OperationRef } from './operation.js'
import { didYouMean } from './suggest.js'

/** Where a patch comes from. */
export interface PatchInfo {
  /** The mail's or commit's subject. */
  readonly subject: string
  /** When it was posted: `2026-04-10`. */
  readonly date: string
  /** Message-ID or commit, where known. */
  readonly messageId?: string
  readonly commit?: string
  /** The commit it says it fixes. */
  readonly fixes?: string
  /** Merged, rejected, posted …, in a few words. */
  readonly status: string
  /** Ids of known bugs it claims to fix. */
  readonly claims?: readonly string[]
}

/** A change of some operations of a kernel. */
export interface Patch extends PatchInfo {
  readonly name: string
  readonly edits: readonly Edit[]
}

/** What happens to one operation. */
export type Edit =
  | { readonly kind: 'hunks'; readonly operation: string; readonly locals: Fields; readonly hunks: readonly Hunk[] }
  | { readonly kind: 'put'; readonly operation: Operation }

/** One place in one operation, found by the label of a step. */
export interface Hunk {
  readonly label: string
  /** Which of several nodes with that label, from 1; without it the label must be unique. */
  readonly nth: number | undefined
  readonly edit: (node: Node) => readonly Node[]
}

/** A patch, made of `on(operation, …hunks)` and `put(operation)`. */
export function patch(name: string, info: PatchInfo, ...edits: Edit[]): Patch {
  return { name, ...info, edits }
}

/** Hunks on one operation. A hunk list may start with new locals: `{ locals: { pgmap: Pgmap } }`. */
export function on(operation: OperationRef | string, ...parts: (Hunk | { readonly locals: Fields })[]): Edit {
  const hunks = parts.filter((part): part is Hunk => 'label' in part)
  const locals = Object.assign({}, ...parts.map(part => ('locals' in part ? part.locals : {}))) as Fields
  return { kind: 'hunks', operation: typeof operation === 'string' ? operation : operation.name, locals, hunks }
}

/** Adds an operation, or replaces the one of the same name whole. */
export function put(operation: Operation): Edit {
  return { kind: 'put', operation }
}

export function replace(label: string, ...nodes: Node[]): Hunk {
  return { label, nth: undefined, edit: () => nodes }
}

export function remove(label: string): Hunk {
  return { label, nth: undefined, edit: () => [] }
}

export function insertBefore(label: string, ...nodes: Node[]): Hunk {
  return { label, nth: undefined, edit: node => [...nodes, node] }
}

export function insertAfter(label: string, ...nodes: Node[]): Hunk {
  return { label, nth: undefined, edit: node => [node, ...nodes] }
}

/** The hunk for the `nth` node of its label, from 1. */
export function nth(index: number, hunk: Hunk): Hunk {
  return { ...hunk, nth: index }
}

/** The kernel with the patch applied. @throws ModelError when an operation or a hunk's label is not there. */
export function applyPatch(kernel: Kernel, patch: Patch): Kernel {
  let patched = kernel
  for (const edit of patch.edits) {
    const operation = edit.kind === 'put' ? edit.operation : applyHunks(patched, patch, edit)
    patched = withOperations(patched, [operation])
  }
  return { ...patched, patches: [...kernel.patches, patch.name] }
}

function applyHunks(kernel: Kernel, patch: Patch, edit: Extract<Edit, { kind: 'hunks' }>): Operation {
  if (!kernel.operations.has(edit.operation)) {
    const names = [...kernel.operations.keys()]
    throw new ModelError(
      `patch ${patch.name}`,
      `does not apply to ${kernel.name}: there is no operation '${edit.operation}'`,
      didYouMean(edit.operation, names, 'see `foliocheck list`'),
    )
  }
  const operation = bodyOf(kernel, { name: edit.operation, params: {} })
  const body = edit.hunks.reduce((nodes, hunk) => applyHunk(nodes, hunk, kernel, patch, operation), operation.body)
  return { ...operation, body, frame: record({ ...operation.frame.fields, ...edit.locals }) }
}

function applyHunk(
  body: readonly Node[],
  hunk: Hunk,
  kernel: Kernel,
  patch: Patch,
  operation: Operation,
): readonly Node[] {
  const labels = [...walk(body)].flatMap(node => labelOf(node) ?? [])
  const count = labels.filter(label => label === hunk.label).length
  const where = `hunk of patch ${patch.name} on ${operation.name} (${kernel.name})`
  if (count === 0) {
    const hint = didYouMean(hunk.label, labels, `its steps are: ${labels.map(label => `'${label}'`).join(', ')}`)
    throw new ModelError(where, `does not apply: there is no step '${hunk.label}'`, hint)
  }
  if (count > 1 && hunk.nth === undefined) {
    throw new ModelError(where, `is ambiguous: ${count} steps are '${hunk.label}'`, 'say which with nth(1, …)')
  }
  if (hunk.nth !== undefined && !(Number.isInteger(hunk.nth) && hunk.nth >= 1 && hunk.nth <= count)) {
    throw new ModelError(
      where,
      `does not apply: there is no number ${hunk.nth} of '${hunk.label}'`,
      `count from 1 to ${count}`,
    )
  }
  let seen = 0
  const edit = (nodes: readonly Node[]): readonly Node[] =>
    nodes.flatMap(node => {
      const hit = labelOf(node) === hunk.label && ++seen === (hunk.nth ?? 1)
      return hit ? hunk.edit(node) : [mapChildren(node, edit)]
    })
  return edit(body)
}
