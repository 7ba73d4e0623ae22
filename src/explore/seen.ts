import type { ChooseNode, TestNode, WaitNode, WhenNode } from '../program/code.js'
import { observed } from '../program/observed.js'
import { PackedSystem } from '../program/packed-system.js'
import type { Program } from '../program/program.js'
import { type Successors, threadOf } from '../system/system.js'
import type { StateStore } from './store/store.js'

/** Both answers of a condition, as far as some state gave them. */
export interface Answers {
  yes: boolean
  no: boolean
}

/** What the steps from all states of a search have shown of a program. */
export interface Seen {
  readonly decisions: ReadonlyMap<TestNode | WhenNode, Answers>
  /** Whether a thread stood before it when it was ready, and when it was not. */
  readonly waits: ReadonlyMap<WaitNode, Answers>
  readonly chosen: ReadonlyMap<ChooseNode, ReadonlySet<number>>
  /** By thread and step number: whether the thread ever stood before that step. */
  readonly stood: readonly Uint8Array[]
  /**
   * By thread, by another thread: whether the one took its step `a` while the other stood before its step `b`, at
   * `a * steps of the other + b`.
   */
  readonly orders: readonly (readonly Uint8Array[])[]
  /** Whether all states were looked at. */
  readonly whole: boolean
}

/** States between two looks at the clock. */
const TICK = 1024

/** Takes every step from every state of a store once more, and notes what they do. `stopped` may end that early. */
export function lookAgain(program: Program, store: StateStore, stopped: () => boolean): Seen {
  const decisions = new Map<TestNode | WhenNode, Answers>()
  const waits = new Map<WaitNode, Answers>()
  const chosen = new Map<ChooseNode, Set<number>>()
  const system = new PackedSystem(
    observed(program, {
      decided: (node, yes) => answered(decisions, node, yes),
      asked: (node, ready) => answered(waits, node, ready),
      chose: (node, value) => {
        const values = chosen.get(node)
        if (values) values.add(value)
        else chosen.set(node, new Set([value]))
      },
    }),
  )
  const steps = program.threads.map(thread => thread.steps.length)
  const stood = steps.map(n => new Uint8Array(n))
  const orders = steps.map(n => steps.map(m => new Uint8Array(n * m)))
  const sink = new Movers(system)
  // The setup runs alone, before and not beside the others.
  const first = program.setup ? 1 : 0
  let id = 0
  for (; id < store.count; id++) {
    if (id % TICK === 0 && stopped()) break
    store.load(id, system.vector)
    sink.clear()
    system.expand(sink)
    const at = steps.map((_, t) => system.stepAt(t)).map(code => ('pc' in code ? code.pc : 0))
    for (let t = 0; t < steps.length; t++) stood[t][at[t]] = 1
    for (const t of sink.threads) {
      if (t < first) continue
      for (let u = first; u < steps.length; u++) if (u !== t) orders[t][u][at[t] * steps[u] + at[u]] = 1
    }
  }
  return { decisions, waits, chosen, stood, orders, whole: id === store.count }
}

function answered<N>(all: Map<N, Answers>, node: N, yes: boolean): void {
  const known = all.get(node)
  const answers = known ?? { yes: false, no: false }
  if (!known) all.set(node, answers)
  if (yes) answers.yes = true
  else answers.no = true
}

/** Receives successors only to know which threads took a step. */
class Movers implements Successors {
  readonly words: Int32Array
  slot = 0
  readonly threads = new Set<number>()

  constructor(system: PackedSystem) {
    this.words = new Int32Array(system.words)
  }

  clear(): void {
    this.threads.clear()
  }

  push(ordinal: number): void {
    this.threads.add(threadOf(ordinal))
  }

  found(ordinal: number): void {
    this.threads.add(threadOf(ordinal))
  }

  /** What a bound left out was not taken. */
  cut(): void {}

  broke(): void {}
}
