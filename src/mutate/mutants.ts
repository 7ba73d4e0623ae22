import { labelOf, mapChildren, type Node } from '../program/node.js'
import type { Operation } from '../program/operation.js'
import { marked } from './idle.js'

/** One small change of an operation that ought to break it. */
export interface Mutant {
  /** `drop 'ref := 1'`, with `(2)` after it for the second step of that label. */
  readonly name: string
  readonly label: string
  readonly operation: Operation
  /**
   * Operations with one step marked. If none of the marked steps ever does anything, the mutant is equivalent to the
   * original: they differ in when nothing happens. Without any, equivalence is not looked for.
   */
  readonly idle: readonly Operation[]
}

/** The nodes that are mutated: those that act on shared state, calls included. */
function isStep(node: Node | undefined): node is Node {
  return node !== undefined && ['step', 'wait', 'choose', 'test', 'call'].includes(node.kind)
}

/** Steps that go on in one way only, so that doing nothing is all there is to being idle. */
function canIdle(node: Node): boolean {
  return node.kind === 'step' || node.kind === 'choose' || node.kind === 'wait'
}

/**
 * Every mutant of an operation: each step dropped, each doubled, each swapped with the step after it in the same block.
 * The list is the same every time, so a mutant can be named by its place in it.
 */
export function mutantsOf(operation: Operation): Mutant[] {
  const mutants: Mutant[] = []
  const names = new Map<string, number>()
  const visit = (nodes: readonly Node[], rebuild: (nodes: readonly Node[]) => readonly Node[]): void => {
    nodes.forEach((node, i) => {
      if (isStep(node)) {
        const made = (changed: readonly Node[]): Operation => ({ ...operation, body: rebuild(changed) })
        const add = (what: string, changed: readonly Node[], idle: readonly (readonly Node[])[]) => {
          const times = (names.get(what) ?? 0) + 1
          names.set(what, times)
          const name = times === 1 ? what : `${what} (${times})`
          mutants.push({ name, label: labelOf(node) ?? '', operation: made(changed), idle: idle.map(made) })
        }
        const before = nodes.slice(0, i)
        const after = nodes.slice(i + 1)
        const mark = canIdle(node) ? marked(node) : undefined
        add(`drop '${labelOf(node)}'`, [...before, ...after], mark ? [[...before, ...mark, ...after]] : [])
        add(
          `double '${labelOf(node)}'`,
          [...before, node, node, ...after],
          mark ? [[...before, node, ...mark, ...after]] : [],
        )
        const [next, ...rest] = after
        if (isStep(next)) {
          add(
            `swap '${labelOf(node)}' with '${labelOf(next)}'`,
            [...before, next, node, ...rest],
            mark
              ? [
                  [...before, ...mark, ...after],
                  [...before, next, ...mark, ...rest],
                ]
              : [],
          )
        }
      }
      visitChildren(node, (children, put) => {
        visit(children, changed => rebuild([...nodes.slice(0, i), put(changed), ...nodes.slice(i + 1)]))
      })
    })
  }
  visit(operation.body, body => body)
  return mutants
}

/** Each list of children of a node, with a way to put a changed list in its place. */
function visitChildren(
  node: Node,
  visit: (children: readonly Node[], put: (changed: readonly Node[]) => Node) => void,
): void {
  const lists: (readonly Node[])[] = []
  mapChildren(node, children => {
    lists.push(children)
    return children
  })
  lists.forEach((children, k) => {
    visit(children, changed => {
      let seen = 0
      return mapChildren(node, original => (seen++ === k ? changed : original))
    })
  })
}
