import { Graphviz } from '@hpcc-js/wasm-graphviz'

/** The size of a graph as its format has it. */
export interface GraphSize {
  readonly states: number
  readonly transitions: number
}

/** What Graphviz reads in a text. @throws Error when it is no graph */
export async function dotSize(text: string): Promise<GraphSize & { readonly labels: readonly string[] }> {
  const graphviz = await Graphviz.load()
  const read = JSON.parse(graphviz.layout(text, 'dot_json', 'nop')) as {
    objects?: { name: string; label: string }[]
    edges?: { label: string }[]
  }
  const { objects = [], edges = [] } = read
  return { states: objects.length, transitions: edges.length, labels: edges.map(({ label }) => label) }
}

/** What Graphviz draws of a text. @throws Error when it is no graph */
export async function dotDrawing(text: string): Promise<string> {
  return (await Graphviz.load()).dot(text)
}

/** An independent reader of the Aldebaran format. @throws Error when a line is none of it, or a number is wrong */
export function autSize(text: string): GraphSize & { readonly labels: readonly string[]; readonly reached: number } {
  const [head, ...lines] = text.trimEnd().split('\n')
  const [, first, transitions, states] = /^des \((\d+), (\d+), (\d+)\)$/.exec(head) ?? []
  const edges = lines.map(line => {
    const [, from, label, to] = /^\((\d+), "([^"]*)", (\d+)\)$/.exec(line) ?? []
    if (label === undefined) throw new Error(`no transition: ${line}`)
    if (Number(from) >= Number(states) || Number(to) >= Number(states)) throw new Error(`no such state: ${line}`)
    return { from: Number(from), label, to: Number(to) }
  })
  if (edges.length !== Number(transitions)) throw new Error(`${edges.length} transitions, and the head says ${head}`)
  const reached = new Set([Number(first)])
  const next = new Map<number, number[]>()
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to])
  for (const state of reached) for (const to of next.get(state) ?? []) reached.add(to)
  return { states: Number(states), transitions: edges.length, labels: edges.map(e => e.label), reached: reached.size }
}
