import type { ChooseNode, Code, TestNode, ThreadCode, VisibleNode, WaitNode, WhenNode } from './code.js'
import { nodesFrom } from './graph.js'
import type { LocalRecipe, Recipe } from './node.js'
import type { Program } from './program.js'

/** Learns what conditions said and what was chosen, whenever a copy made by `observed` runs. */
export interface Observer {
  decided(node: TestNode | WhenNode, yes: boolean): void
  asked(node: WaitNode, ready: boolean): void
  chose(node: ChooseNode, value: number): void
}

/**
 * A copy of the program that does the same and tells an observer; the nodes that it tells of are those of the original.
 * Its states are those of the original: the same step numbers and the same frames.
 */
export function observed(program: Program, observer: Observer): Program {
  return { ...program, threads: program.threads.map(thread => copied(thread, observer)) }
}

function copied(thread: ThreadCode, observer: Observer): ThreadCode {
  const copies = new Map(nodesFrom(thread.entry).map(node => [node, copyOf(node, observer)]))
  const of = <C extends Code>(node: C): C => (copies.get(node) ?? node) as C
  for (const copy of copies.values()) {
    if (copy.kind === 'test' || copy.kind === 'when') {
      copy.yes = of(copy.yes)
      copy.no = of(copy.no)
    } else if (copy.kind !== 'end') copy.next = of(copy.next)
  }
  return { ...thread, entry: of(thread.entry), steps: thread.steps.map(step => of<VisibleNode>(step)) }
}

function copyOf(node: Code, observer: Observer): Code {
  switch (node.kind) {
    case 'test':
      return { ...node, condition: telling(node.condition, yes => observer.decided(node, yes)) }
    case 'when': {
      const { condition } = node
      const told: LocalRecipe<boolean> = t => {
        const yes = condition(t)
        observer.decided(node, yes)
        return yes
      }
      return { ...node, condition: told }
    }
    case 'wait':
      return { ...node, ready: telling(node.ready, ready => observer.asked(node, ready)) }
    case 'choose':
      return {
        ...node,
        run: (s, t, value) => {
          observer.chose(node, value)
          node.run(s, t, value)
        },
      }
    default:
      return { ...node }
  }
}

function telling(condition: Recipe<boolean>, tell: (answer: boolean) => void): Recipe<boolean> {
  return (s, t) => {
    const answer = condition(s, t)
    tell(answer)
    return answer
  }
}
