import type { GraphEdge, GraphState, StateGraph } from '../explore/state-graph.js'
import { edgeText } from './edge-text.js'
import { printable } from './wrap.js'

/**
 * A state graph in the language of Graphviz. Initial states are houses, states in which no thread can take a step have
 * two rims, states in which a property is violated are red, and those from which a bound left steps out are orange. A step that ends its run leads to an octagon.
 */
export function dotText(title: string, graph: StateGraph): string {
  const { states, edges, initial } = graph
  const ends = edges.filter(({ to }) => to === undefined)
  const numbers = new Map(ends.map((edge, i) => [edge, i]))
  const nameOf = (edge: GraphEdge) => (edge.to === undefined ? `e${numbers.get(edge)}` : `s${edge.to}`)
  return [
    'digraph {',
    `  label=${quoted(title)}`,
    '  node [shape=circle, fontname="monospace"]',
    '  edge [fontname="monospace", fontsize=10]',
    ...states.map((state, i) => `  s${i} [${attributesOf(state, i, i < initial).join(', ')}]`),
    ...ends.map((edge, i) => `  e${i} [label=${quoted(edge.said.join(', '))}, shape=octagon, color=red]`),
    ...edges.map(edge => `  s${edge.from} -> ${nameOf(edge)} [${edgeAttributes(edge).join(', ')}]`),
    '}',
    '',
  ].join('\n')
}

function attributesOf({ terminal, cut, violated }: GraphState, number: number, initial: boolean): string[] {
  const told = [...violated, ...cut]
  return [
    `label="${number}"`,
    ...(initial ? ['shape=house'] : []),
    ...(terminal ? ['peripheries=2'] : []),
    ...(cut.length > 0 ? ['color=orange'] : []),
    ...(violated.length > 0 ? ['style=filled', 'fillcolor="#f4b6b6"'] : []),
    ...(told.length > 0 ? [`tooltip=${quoted(told.join(', '))}`] : []),
  ]
}

function edgeAttributes(edge: GraphEdge): string[] {
  return [`label=${quoted(edgeText(edge))}`, ...(edge.said.length > 0 ? ['color=red'] : [])]
}

/** A string that Graphviz shows as it is: it would read backslashes as commands and `&` as the start of an entity. */
function quoted(text: string): string {
  return `"${wellFormed(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;')}"`
}

function wellFormed(text: string): string {
  return printable(text).replace(/\p{Cs}/gu, '\ufffd')
}
