import type { Check } from '../explore/checks.js'
import type { Run } from '../explore/result.js'
import { type Step, stepsFrom } from '../explore/steps-from.js'
import type { Property } from '../property/property.js'
import { type System, threadOf } from '../system/system.js'

/** A run with the number of its preemptions, or the sign that the search for fewer was given up. */
export interface Calmest {
  readonly run: Run
  readonly preemptions: number
  /** Whether no run of this length has fewer. */
  readonly fewest: boolean
}

interface Node {
  readonly vector: Int32Array
  readonly last: number
  readonly preemptions: number
  readonly switches: number
  readonly from: Node | undefined
  readonly ordinal: number
}

/** Nodes that one search may keep before it gives up. */
const BUDGET = 1_500_000

/**
 * Among all violations as short as `run`, one with the fewest preemptions, and among those the fewest changes of
 * thread. A preemption is a change away from a thread that could have gone on. Searches with 0, 1, 2 … preemptions
 * allowed, so that calm traces are found in a small part of the space. Gives up when `stop` says so.
 */
export function fewestPreemptions(
  system: System,
  checks: readonly Check[],
  property: Property,
  run: Run,
  stop: () => boolean = () => false,
): Calmest {
  const most = countPreemptions(system, run)
  let budget = BUDGET
  for (let allowed = 0; allowed <= most; allowed++) {
    const search = searchWithin(system, checks, property, run.ordinals.length, allowed, budget, stop)
    if (search.best) return { run: runTo(search.best), preemptions: search.best.preemptions, fewest: true }
    budget -= search.nodes
    if (budget <= 0 || stop()) break
  }
  return { run, preemptions: most, fewest: false }
}

/** Changes of thread in a run away from a thread that could have gone on. */
export function countPreemptions(system: System, run: Run): number {
  system.loadInitial(run.initial)
  let last = -1
  let count = 0
  for (const ordinal of run.ordinals) {
    const thread = threadOf(ordinal)
    if (last !== -1 && thread !== last && system.enabled(last)) count++
    last = thread
    system.fire(ordinal)
  }
  return count
}

function searchWithin(
  system: System,
  checks: readonly Check[],
  property: Property,
  length: number,
  allowed: number,
  budget: number,
  stop: () => boolean,
): { best: Node | undefined; nodes: number } {
  const seen = new Map<string, number>()
  let layer = new Map<string, Node>()
  for (let i = 0; i < system.initialCount; i++) {
    system.loadInitial(i)
    const node = { vector: system.vector.slice(), last: -1, preemptions: 0, switches: 0, from: undefined, ordinal: i }
    layer.set(`${keyOf(node.vector)}:-1:${i}`, node)
    seen.set(keyOf(node.vector), 0)
  }
  if (length === 0)
    return { best: [...layer.values()].find(node => isViolation(system, checks, property, node)), nodes: 0 }
  let nodes = 0
  for (let depth = 0; depth < length; depth++) {
    const next = new Map<string, Node>()
    const atEnd = depth === length - 1
    let best: Node | undefined
    for (const node of layer.values()) {
      if (stop()) return { best: undefined, nodes }
      for (const step of stepsFrom(system, node.vector)) {
        const child = childOf(system, node, step)
        if (child.preemptions > allowed) continue
        if (atEnd && property.kind === 'assertion') {
          const hit = step.findings.some(finding => finding.property.name === property.name)
          if (hit && (!best || isCalmer(child, best))) best = child
          continue
        }
        if (!step.vector) continue
        if (atEnd) {
          if ((!best || isCalmer(child, best)) && isViolation(system, checks, property, child)) best = child
          continue
        }
        const state = keyOf(step.vector)
        const first = seen.get(state)
        if (first !== undefined && first <= depth) continue
        seen.set(state, depth + 1)
        const key = `${state}:${child.last}`
        const known = next.get(key)
        if (!known || isCalmer(child, known)) next.set(key, child)
      }
    }
    nodes += next.size
    if (atEnd) return { best, nodes }
    if (nodes > budget) return { best: undefined, nodes }
    layer = next
  }
  return { best: undefined, nodes }
}

function childOf(system: System, node: Node, step: Step): Node {
  const thread = threadOf(step.ordinal)
  const change = node.last !== -1 && node.last !== thread
  let preempts = false
  if (change) {
    system.vector.set(node.vector)
    preempts = system.enabled(node.last)
  }
  return {
    vector: step.vector ?? node.vector,
    last: thread,
    preemptions: node.preemptions + (preempts ? 1 : 0),
    switches: node.switches + (change ? 1 : 0),
    from: node,
    ordinal: step.ordinal,
  }
}

function isCalmer(a: Node, b: Node): boolean {
  return a.preemptions !== b.preemptions ? a.preemptions < b.preemptions : a.switches < b.switches
}

function isViolation(system: System, checks: readonly Check[], property: Property, node: Node): boolean {
  system.vector.set(node.vector)
  const check = checks.find(candidate => candidate.name === property.name)
  if (!check) return false
  switch (check.when) {
    case 'always':
      return !check.holds()
    case 'reachable':
      return check.holds()
    case 'deadlock':
      return stepsFrom(system, node.vector).length === 0 && !system.atRest()
    case 'quiescent':
      return stepsFrom(system, node.vector).length === 0 && system.atRest() && !check.holds()
    case 'livelock':
    case 'afterwards':
      // No state shows it.
      return false
  }
}

function runTo(node: Node): Run {
  const ordinals: number[] = []
  let at = node
  while (at.from) {
    ordinals.push(at.ordinal)
    at = at.from
  }
  return { initial: at.ordinal, ordinals: ordinals.reverse() }
}

function keyOf(vector: Int32Array): string {
  return String.fromCharCode(...new Uint16Array(vector.buffer, vector.byteOffset, vector.length * 2))
}
