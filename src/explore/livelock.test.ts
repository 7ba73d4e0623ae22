import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { call, explored, programOf } from '../../test/models.js'
import { judge } from '../check/verdict.js'
import { machine } from '../program/operation.js'
import { PackedSystem } from '../program/packed-system.js'
import { daemon, thread } from '../program/scenario.js'
import type { Fairness } from '../property/property.js'
import { noLivelock } from '../property/property.js'
import { array, bool, record } from '../state/schema.js'
import type { Successors, System } from '../system/system.js'
import { replay, violates } from '../trace/replay.js'
import { checksOf } from './checks.js'
import { explore } from './explore.js'
import { findLivelock } from './livelock.js'
import type { Exploration } from './result.js'
import { createFingerprintStore } from './store/fingerprint-store.js'
import { NO_PARENT } from './store/store.js'
import { createTreeStore } from './store/tree-store.js'
import { walk } from './walk.js'

const m = machine('locks', record({ locks: array(2, record({ held: bool() })), done: bool() }))

/** Takes both locks, the second by trylock; gives the first back when it fails, and starts again. */
const careful = (first: number) =>
  m.operation(
    `careful ${first}`,
    { source: 'test', locals: { ok: bool() } },
    ({ waitUntil, step, when, label, goto }) => [
      label('again'),
      waitUntil(
        'lock',
        s => !s.locks[first].held,
        s => {
          s.locks[first].held = true
        },
      ),
      step('trylock', (s, t) => {
        t.ok = !s.locks[1 - first].held
        if (t.ok) s.locks[1 - first].held = true
      }),
      when(
        t => !t.ok,
        [
          step('unlock', s => {
            s.locks[first].held = false
          }),
          goto('again'),
        ],
      ),
      step('unlock both', s => {
        s.locks[0].held = false
        s.locks[1].held = false
      }),
    ],
  )

/** Spins until `done`. */
const spin = m.operation('spin', { source: 'test', locals: { seen: bool() } }, ({ step, when, label, goto }) => [
  label('again'),
  step('look', (s, t) => {
    t.seen = s.done
  }),
  when(t => !t.seen, [goto('again')]),
])
const finish = m.operation('finish', { source: 'test' }, ({ step }) => [
  step('done', s => {
    s.done = true
  }),
])
const forget = m.operation('forget', { source: 'test' }, ({ step }) => [step('nothing', () => undefined)])

function livelockOf(result: Exploration): { steps: number; loop: number } | undefined {
  const run = result.found.get('no-livelock')?.run
  return run && { steps: run.ordinals.length, loop: run.loop ?? 0 }
}

describe('a livelock', () => {
  test('of two that give way to each other for ever is found, with its shortest loop', () => {
    const [a, b] = [careful(0), careful(1)]
    const two = [thread('a', call(a)), thread('b', call(b))]
    const result = explored(programOf(m, [a, b], { threads: two }), [noLivelock])
    // Both lock, both fail, both unlock: where they begin is where they are again.
    expect(livelockOf(result)).toEqual({ steps: 6, loop: 6 })
    expect(result.tested.has('no-livelock')).toBe(true)
  })

  test('is none as long as fairness ends it', () => {
    const two = [thread('spin', call(spin)), thread('finish', call(finish))]
    const result = explored(programOf(m, [spin, finish], { threads: two }), [noLivelock])
    expect(livelockOf(result)).toBe(undefined)
    expect(result.tested.has('no-livelock')).toBe(true)
  })

  test('is one when nobody comes to end it', () => {
    const two = [thread('spin', call(spin)), thread('forget', call(forget))]
    expect(livelockOf(explored(programOf(m, [spin, forget], { threads: two }), [noLivelock]))).toEqual({
      steps: 2,
      loop: 1,
    })
  })

  test('is none when only a daemon goes on', () => {
    const two = [daemon('spin', call(spin)), thread('forget', call(forget))]
    expect(livelockOf(explored(programOf(m, [spin, forget], { threads: two }), [noLivelock]))).toBe(undefined)
  })

  test('is not looked for depth-first, by fingerprints or by walks, and nobody claims that it was', () => {
    const program = programOf(m, [finish], {})
    const system = new PackedSystem(program)
    const checks = checksOf([noLivelock], system.shared)
    const results = [
      explored(program, [noLivelock], { strategy: 'dfs' }),
      explore(system, checks, createFingerprintStore(system.words)),
      walk(system, checks, { limits: { states: 10 } }),
    ]
    for (const result of results) {
      expect(result.tested.has('no-livelock')).toBe(false)
      expect(judge(noLivelock, { ...result, stopped: undefined })).toEqual({
        verdict: 'inconclusive',
        limit: 'livelocks are looked for in exact breadth-first searches alone, and not in reduced ones',
      })
    }
  })

  test('is replayed as one: the loop must lead back, and be fair', () => {
    const two = [thread('spin', call(spin)), thread('finish', call(finish))]
    const program = programOf(m, [spin, finish], { threads: two })
    const loops = (ordinals: readonly number[], loop: number) =>
      violates(program, replay(program, { initial: 0, ordinals, loop }), noLivelock)
    // It goes round, while the other one could act and does not.
    expect(loops([0, 0], 1)).toBe(false)
    const alone = programOf(m, [spin], {})
    const run = { initial: 0, ordinals: [0, 0], loop: 1 }
    expect(violates(alone, replay(alone, run), noLivelock)).toBe(true)
    expect(violates(alone, replay(alone, { ...run, loop: undefined }), noLivelock)).toBe(false)
  })
})

/** A graph as a system: node i has the edges `graph[i]`, each of one thread. */
interface Edge {
  readonly thread: number
  readonly to: number
}

class Graph implements System {
  readonly words = 2
  readonly vector = new Int32Array(2)
  readonly initialCount = 1
  readonly coverage = []
  readonly maxSuccessors = 64

  constructor(
    readonly graph: readonly (readonly Edge[])[],
    readonly threads: readonly string[],
  ) {}

  loadInitial(): void {
    this.vector.fill(0)
  }

  expand(sink: Successors): number {
    const edges = this.graph[this.vector[0]]
    edges.forEach(({ thread, to }, i) => {
      sink.words.fill(0, sink.slot * 2, sink.slot * 2 + 2)
      sink.words[sink.slot * 2] = to
      sink.push(thread * 256 + i)
    })
    return edges.length
  }

  fire(): never {
    throw new Error('not needed')
  }

  enabled(thread: number): boolean {
    return this.graph[this.vector[0]].some(edge => edge.thread === thread)
  }

  atRest(): boolean {
    return false
  }
}

/** Whether a set of nodes, by brute force over all of them, is strongly connected and fair. */
function hasFairCycle(graph: Graph, reachable: readonly number[], fairness: Fairness): boolean {
  const { threads } = graph
  for (let set = 1; set < 2 ** reachable.length; set++) {
    const members = reachable.filter((_, i) => (set >> i) & 1)
    const inside = (node: number) => graph.graph[node].filter(edge => members.includes(edge.to))
    const connected = members.every(from => {
      const seen = new Set<number>()
      const todo = inside(from).map(edge => edge.to)
      for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
        if (seen.has(node)) continue
        seen.add(node)
        todo.push(...inside(node).map(edge => edge.to))
      }
      return members.every(node => seen.has(node))
    })
    const fair = threads.every((_, t) => {
      const unable = (node: number) => graph.graph[node].every(edge => edge.thread !== t)
      const acts = members.some(node => inside(node).some(edge => edge.thread === t))
      return acts || (fairness === 'weak' ? members.some(unable) : members.every(unable))
    })
    if (connected && fair) return true
  }
  return false
}

describe('on random graphs', () => {
  const size = 7
  const edge = fc.record({ thread: fc.nat(2), to: fc.nat(size - 1) })
  const graphs = fc.array(fc.array(edge, { maxLength: 3 }), { minLength: size, maxLength: size })

  test.each(['weak', 'strong'] as const)('finds a fair cycle exactly when some states are one: %s', fairness => {
    fc.assert(
      fc.property(graphs, edges => {
        const system = new Graph(edges, ['a', 'b', 'c'])
        const store = createTreeStore(2)
        const ids: number[] = [0]
        store.batch.fill(0, 0, 2)
        store.parents[0] = NO_PARENT
        store.ordinals[0] = 0
        store.insert(1)
        for (let id = 0; id < store.count; id++) {
          const vector = new Int32Array(2)
          store.load(id, vector)
          edges[vector[0]].forEach(({ thread, to }, i) => {
            store.batch.fill(0, 0, 2)
            store.batch[0] = to
            store.parents[0] = id
            store.ordinals[0] = thread * 256 + i
            if (store.insert(1) === 1) ids.push(to)
          })
        }
        const run = findLivelock(system, store, fairness, () => false)
        expect(run !== undefined).toBe(hasFairCycle(system, ids, fairness))
        if (!run) return
        const nodes = [0]
        for (const ordinal of run.ordinals) nodes.push(edges[nodes[nodes.length - 1]][ordinal % 256].to)
        const loop = run.loop ?? 0
        const start = run.ordinals.length - loop
        expect(loop).toBeGreaterThan(0)
        expect(nodes[nodes.length - 1]).toBe(nodes[start])
        for (const t of [0, 1, 2]) {
          const acts = run.ordinals.slice(start).some(ordinal => Math.floor(ordinal / 256) === t)
          const unable = (node: number) => edges[node].every(({ thread }) => thread !== t)
          const round = nodes.slice(start)
          expect(acts || (fairness === 'weak' ? round.some(unable) : round.every(unable))).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
