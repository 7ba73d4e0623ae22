import type { Fairness } from '../property/property.js'
import { type Successors, type System, threadOf } from '../system/system.js'
import type { Run } from './result.js'
import { runTo } from './run-to.js'
import type { StateStore } from './store/store.js'

/** Threads whose sets fit into the bits of a number. */
export const MOST_THREADS = 30

/** States of a loop, times sets of threads that had their turn, among which the shortest loop is looked for. */
const MOST_PAIRS = 2_000_000

/** The successors of one state, with their ids. */
class Edges implements Successors {
  words: Int32Array
  slot = 0
  /** The threads that can take a step, as bits. */
  enabled = 0
  readonly ordinals: number[] = []
  #from = 0

  constructor(readonly store: StateStore) {
    this.words = store.batch
  }

  /** Runs the steps that are enabled in a state. */
  of(system: System, id: number): Uint32Array {
    const { store } = this
    store.load(id, system.vector)
    this.words = store.batch
    this.slot = 0
    this.enabled = 0
    this.#from = id
    system.expand(this)
    store.insert(this.slot)
    return store.found.subarray(0, this.slot)
  }

  push(ordinal: number): void {
    const { store, slot } = this
    store.parents[slot] = this.#from
    store.ordinals[slot] = ordinal
    this.ordinals[slot] = ordinal
    this.slot = slot + 1
    this.#enable(ordinal)
  }

  found(ordinal: number): void {
    this.#enable(ordinal)
  }

  cut(ordinal: number): void {
    this.#enable(ordinal)
  }

  broke(ordinal: number): void {
    this.#enable(ordinal)
  }

  #enable(ordinal: number): void {
    this.enabled |= 1 << threadOf(ordinal)
  }
}

/** Raised when the search for livelocks is to end before its time. */
export class Abandoned extends Error {}

/** States in which a run can stay for ever and be fair, and the threads that can act in none of them. */
interface Part {
  readonly members: ReadonlySet<number>
  readonly exempt: number
}

/**
 * A run that goes on for ever although every thread that is owed a turn has it again and again, with a loop at its end:
 * `loop` steps that lead back to where they began. Undefined when there is none.
 *
 * Every infinite run stays in the end within one strongly connected part of the graph of states. Under weak fairness a
 * part has a fair run exactly when each thread acts within it or is unable to somewhere in it. Under strong fairness it
 * must act within it or be unable to everywhere; where it is not so, the states in which it is able are left out and the
 * rest is divided again. The parts are found by Tarjan's algorithm, which runs every step once more; all states must be
 * in the store.
 * @param stopped looked at now and then. @throws Abandoned when it says so.
 */
export function findLivelock(
  system: System,
  store: StateStore,
  fairness: Fairness,
  stopped: () => boolean,
): Run | undefined {
  const edges = new Edges(store)
  let best: { part: Part; from: number } | undefined
  for (const part of fairParts(edges, system, fairness, stopped)) {
    const from = [...part.members].reduce((least, id) => Math.min(least, id))
    if (best && best.from < from) continue
    store.load(from, system.vector)
    // What only daemons do for ever is no livelock.
    if (!system.atRest()) best = { part, from }
  }
  if (!best) return undefined
  const loop = loopFrom(edges, system, best.part, best.from, fairness)
  return { ...runTo(store, best.from, ...loop), loop: loop.length }
}

function* fairParts(
  edges: Edges,
  system: System,
  fairness: Fairness,
  stopped: () => boolean,
  among?: readonly number[],
): Generator<Part> {
  const all = (1 << system.threads.length) - 1
  for (const ids of cycles(edges, system, stopped, among)) {
    const members = new Set(ids)
    const { acted, always, sometimes } = turns(edges, system, members)
    const owed = (fairness === 'weak' ? always : sometimes) & ~acted
    if (owed === 0) yield { members, exempt: all & ~sometimes }
    else if (fairness === 'strong') {
      const rest = ids.filter(id => {
        edges.of(system, id)
        return (edges.enabled & owed) === 0
      })
      yield* fairParts(edges, system, fairness, stopped, rest)
    }
  }
}

/** The strongly connected parts in which a run can stay for ever, of all states or of some. */
function* cycles(edges: Edges, system: System, stopped: () => boolean, among?: readonly number[]): Generator<number[]> {
  const places = among && new Map(among.map((id, i) => [id, i]))
  const count = among?.length ?? edges.store.count
  const idAt = (place: number) => among?.[place] ?? place
  const index = new Uint32Array(count)
  const low = new Uint32Array(count)
  const open = new Uint8Array(count)
  const stack: number[] = []
  // Per state that is being visited: its place, where its successors begin in `targets`, and the next of them.
  const path: number[] = []
  const starts: number[] = []
  const nexts: number[] = []
  const targets: number[] = []
  let time = 0
  const enter = (place: number) => {
    if (time % 1024 === 0 && stopped()) throw new Abandoned()
    index[place] = low[place] = ++time
    open[place] = 1
    stack.push(place)
    path.push(place)
    starts.push(targets.length)
    nexts.push(targets.length)
    for (const id of edges.of(system, idAt(place))) {
      const target = places ? places.get(id) : id
      if (target !== undefined) targets.push(target)
    }
  }
  for (let root = 0; root < count; root++) {
    if (index[root] !== 0) continue
    enter(root)
    while (path.length > 0) {
      const top = path.length - 1
      const place = path[top]
      if (nexts[top] < targets.length) {
        const target = targets[nexts[top]++]
        if (index[target] === 0) enter(target)
        else if (open[target]) low[place] = Math.min(low[place], index[target])
        continue
      }
      const again = targets.includes(place, starts[top])
      targets.length = starts[top]
      path.pop()
      starts.pop()
      nexts.pop()
      if (top > 0) low[path[top - 1]] = Math.min(low[path[top - 1]], low[place])
      if (low[place] !== index[place]) continue
      const members = stack.splice(stack.lastIndexOf(place))
      for (const member of members) open[member] = 0
      if (members.length > 1 || again) yield members.map(idAt)
    }
  }
}

/** The threads that act between these states; that are able to in each of them; and in some of them. */
function turns(
  edges: Edges,
  system: System,
  members: ReadonlySet<number>,
): { readonly acted: number; readonly always: number; readonly sometimes: number } {
  let acted = 0
  let always = (1 << system.threads.length) - 1
  let sometimes = 0
  for (const id of members) {
    edges.of(system, id).forEach((target, i) => {
      if (members.has(target)) acted |= 1 << threadOf(edges.ordinals[i])
    })
    always &= edges.enabled
    sometimes |= edges.enabled
  }
  return { acted, always, sometimes }
}

/** The shortest way from a state back to itself on which every thread that is owed a turn has it. */
function loopFrom(edges: Edges, system: System, { members, exempt }: Part, from: number, fairness: Fairness): number[] {
  const bits = system.threads.length
  const all = (1 << bits) - 1
  const ids = [...members]
  const place = new Map(ids.map((id, i) => [id, i]))
  const key = (id: number, had: number) => (place.get(id) ?? 0) * 2 ** bits + had
  // Under weak fairness it is enough to be unable to act in one state of the loop.
  const unable = new Map<number, number>()
  const unableIn = (id: number) => {
    const known = fairness === 'strong' ? 0 : unable.get(id)
    if (known !== undefined) return known
    edges.of(system, id)
    unable.set(id, ~edges.enabled & all)
    return ~edges.enabled & all
  }
  const first = key(from, exempt | unableIn(from))
  const cameFrom = new Map<number, { readonly key: number; readonly ordinal: number }>()
  let end: number | undefined
  for (let frontier = [first]; frontier.length > 0 && end === undefined && cameFrom.size < MOST_PAIRS; ) {
    const next: number[] = []
    for (const at of frontier) {
      const targets = [...edges.of(system, ids[Math.floor(at / 2 ** bits)])]
      const ordinals = edges.ordinals.slice(0, targets.length)
      for (const [i, target] of targets.entries()) {
        if (!members.has(target)) continue
        const there = key(target, (at % 2 ** bits) | (1 << threadOf(ordinals[i])) | unableIn(target))
        if (cameFrom.has(there)) continue
        cameFrom.set(there, { key: at, ordinal: ordinals[i] })
        if (target === from && there % 2 ** bits === all) end ??= there
        next.push(there)
      }
    }
    frontier = next
  }
  if (end === undefined) throw new Error(`a loop through ${members.size} states is too long to be shown; report this`)
  const loop: number[] = []
  let at = end
  do {
    const step = cameFrom.get(at)
    if (!step) break
    loop.push(step.ordinal)
    at = step.key
  } while (at !== first)
  return loop.reverse()
}
