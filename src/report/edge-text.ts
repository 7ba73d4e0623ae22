import type { GraphEdge } from '../explore/state-graph.js'

/** A transition as graphs name it: the step, and what it violates or what ends its run. */
export function edgeText({ label, said }: GraphEdge): string {
  return said.length > 0 ? `${label} ! ${said.join(', ')}` : label
}
