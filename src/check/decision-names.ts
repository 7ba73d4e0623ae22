import { labelOf, type Node } from '../program/node.js'
import type { Program } from '../program/program.js'

/** Names for decisions on locals, which have no label, by their condition: what they are, and behind which step. */
export function decisionNames({ kernel, scenario }: Program): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>()
  const own = scenario.operations.filter(({ name }) => !kernel.operations.has(name))
  for (const { body } of [...kernel.operations.values(), ...own]) new Namer(names).walk(body)
  return names
}

class Namer {
  #after = 'the start'
  readonly #used = new Map<string, number>()

  constructor(readonly names: Map<unknown, string>) {}

  walk(nodes: readonly Node[]): void {
    for (const node of nodes) {
      const label = labelOf(node)
      if (label !== undefined && node.kind !== 'label' && node.kind !== 'atomic') this.#after = `'${label}'`
      if (node.kind === 'when' || node.kind === 'loop') this.#name(node.kind === 'when' ? 'if' : 'loop', node.condition)
      if (node.kind === 'test' || node.kind === 'when') {
        this.walk(node.yes)
        this.walk(node.no)
      } else if (node.kind === 'loop' || node.kind === 'atomic') this.walk(node.body)
    }
  }

  #name(what: string, condition: unknown): void {
    const name = `${what} after ${this.#after}`
    const times = (this.#used.get(name) ?? 0) + 1
    this.#used.set(name, times)
    this.names.set(condition, times === 1 ? name : `${name} (${times})`)
  }
}
