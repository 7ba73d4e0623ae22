import fc from 'fast-check'
import {
  array,
  checksOf,
  compile,
  createFingerprintStore,
  current,
  type Exploration,
  explore,
  type Hold,
  int,
  kernel,
  type LockClass,
  lockOrder,
  machine,
  type Node,
  noDeadlock,
  noLockAtExit,
  noSleepUnderSpinlock,
  type Operation,
  PackedSystem,
  type Program,
  type Property,
  type ReferenceState,
  ReferenceSystem,
  record,
  ref,
  scenario,
  thread,
  type ValueOf,
  walk,
} from 'foliocheck'
import { describe, expect, test } from 'vitest'
import { call, explored } from '../../../test/models.js'
import { counterexampleOf } from '../../check/counterexample.js'
import { judge } from '../../check/verdict.js'
import { minimise } from '../../trace/minimise.js'
import { replay, violates } from '../../trace/replay.js'

/** A toy: locks that are held by one for writing, or by a set of threads for reading. */
const LOCKS = 4
const Cpu = ref('cpu', 4)
const m = machine('toy', record({ locks: array(LOCKS, record({ writer: Cpu, readers: int(0, 15) }), 'l') }))
type State = ValueOf<typeof m.schema>

const holds = (s: State, lock: number, t: number): Hold =>
  s.locks[lock].writer === t ? 'exclusive' : (s.locks[lock].readers >> t) & 1 ? 'shared' : 'none'
const free = (s: State, lock: number) => s.locks[lock].writer < 0 && s.locks[lock].readers === 0

type Act = readonly ['lock' | 'read' | 'trylock' | 'unlock' | 'wait', number]
const names = ['a', 'b', 'c', 'd']

/** An operation that does this, lock by lock; what it has not got it does not give back. */
function does(name: string, acts: readonly Act[]): Operation {
  return m.operation(name, { source: 'test' }, ({ step, waitUntil }) => {
    const nodeOf = ([act, l]: Act): Node => {
      const label = `${act} ${names[l]}`
      switch (act) {
        case 'lock':
          return waitUntil(
            label,
            s => free(s, l),
            s => {
              s.locks[l].writer = current()
            },
          )
        case 'read':
          return waitUntil(
            label,
            s => s.locks[l].writer < 0,
            s => {
              s.locks[l].readers |= 1 << current()
            },
          )
        case 'wait':
          return waitUntil(label, s => free(s, l))
        case 'trylock':
          return step(label, s => {
            if (free(s, l)) s.locks[l].writer = current()
          })
        case 'unlock':
          return step(label, s => {
            if (s.locks[l].writer === current()) s.locks[l].writer = -1
            s.locks[l].readers &= ~(1 << current())
          })
      }
    }
    return acts.map(nodeOf)
  })
}

function programOf(...threads: readonly (readonly Act[])[]): Program {
  const operations = threads.map((acts, i) => does(`op${i}`, acts))
  const made = scenario('toy', m, {
    about: 'for a test',
    threads: operations.map((operation, i) => thread(`t${i}`, call(operation))),
  })
  return compile(kernel('k', { date: '2026-01', about: 'for a test' }, operations), made)
}

const classesWith = (more: Partial<LockClass<State>> = {}, ...last: Partial<LockClass<State>>[]): LockClass<State>[] =>
  names.map((name, l) => ({ name, sleeps: true, holds: (s, _, t) => holds(s, l, t), ...more, ...last[l] }))

const orderOf = (classes: LockClass<State>[]) => lockOrder(m, 'order', { classes })
const order = orderOf(classesWith())

/** The lengths of the runs that break the rule; that they do is looked at again, under the reference semantics. */
function runsOf(program: Program, property: Property, result: Exploration): number[] | undefined {
  const run = result.found.get(property.name)?.run
  if (!run) return undefined
  expect(violates(program, replay(program, run), property)).toBe(true)
  return [run, ...(run.others ?? [])].map(({ ordinals }) => ordinals.length)
}

function found(program: Program, property: Property, strategy: 'bfs' | 'dfs' = 'bfs') {
  return runsOf(program, property, explored(program, [property], { strategy }))
}

const [A, B, G] = [0, 1, 3]
const ab: Act[] = [
  ['lock', A],
  ['lock', B],
  ['unlock', B],
  ['unlock', A],
]
const ba: Act[] = [
  ['lock', B],
  ['lock', A],
  ['unlock', A],
  ['unlock', B],
]
const gated = (acts: Act[]): Act[] => [['lock', G], ...acts, ['unlock', G]]

describe('the order of locks', () => {
  test('is broken by two orders, though a third lock keeps every run from a deadlock', () => {
    const program = programOf(gated(ab), gated(ba))
    const result = explored(program, [order, noDeadlock])
    expect(runsOf(program, order, result)).toEqual([3, 3])
    expect(result.found.has('no-deadlock')).toBe(false)
    expect(found(program, order, 'dfs')).not.toBe(undefined)
  })

  test('is kept by all who take them in one order, and untested where nobody takes two', () => {
    expect(explored(programOf(ab, gated(ab)), [order]).tested.has('order')).toBe(true)
    expect(found(programOf(ab, gated(ab)), order)).toBe(undefined)
    const result = explored(
      programOf([
        ['lock', A],
        ['unlock', A],
      ]),
      [order],
    )
    expect(judge(order, result).verdict).toBe('vacuous')
  })

  test('is not broken by a trylock, and is by what is waited for under it', () => {
    const tries: Act[] = [
      ['lock', B],
      ['trylock', A],
      ['unlock', A],
      ['unlock', B],
    ]
    expect(found(programOf(ab, tries), order)).toBe(undefined)
    const under: Act[] = [
      ['trylock', B],
      ['lock', A],
      ['unlock', A],
      ['unlock', B],
    ]
    expect(found(programOf(ab, under), order)).toEqual([2, 2])
  })

  test('is not broken by readers alone, unless they queue behind writers', () => {
    const readers = (first: number, second: number): Act[] => [
      ['read', first],
      ['read', second],
    ]
    const program = programOf(readers(A, B), readers(B, A))
    expect(found(program, order)).toBe(undefined)
    expect(found(program, orderOf(classesWith({ queues: true })))).toEqual([2, 2])
    // One who writes a and reads b, and one who reads b and reads a: a reader of a waits for the writer.
    const mixed = programOf(
      [
        ['lock', A],
        ['lock', B],
      ],
      readers(B, A),
    )
    expect(found(mixed, order)).toEqual([2, 2])
  })

  test('is broken by waiting for a lock without taking it', () => {
    const waits: Act[] = [
      ['lock', B],
      ['wait', A],
      ['unlock', B],
    ]
    const program = programOf(ab, waits)
    // The second run ends where the waiter waits: the other one has the lock.
    expect(found(program, order)).toEqual([2, 2])
    expect(
      found(
        programOf(
          [
            ['lock', A],
            ['unlock', A],
          ],
          waits,
        ),
        order,
      ),
    ).toBe(undefined)
  })

  test('is broken within a class, unless that nests', () => {
    const pages = (nests?: LockClass<State>['nests']): LockClass<State>[] => [
      { name: 'page', count: LOCKS, sleeps: true, holds, ...(nests && { nests }) },
    ]
    expect(found(programOf(ab), orderOf(pages()))).toEqual([2])
    const ascending = orderOf(pages((held, wanted) => held < wanted))
    expect(found(programOf(ab), ascending)).toBe(undefined)
    expect(found(programOf(ba), ascending)).toEqual([2])
    // Who waits for what he holds.
    expect(
      found(
        programOf([
          ['lock', A],
          ['lock', A],
        ]),
        ascending,
      ),
    ).toEqual([1])
  })

  test('tells both runs and what each waits for', () => {
    const program = programOf(gated(ab), gated(ba))
    const result = explored(program, [order])
    const run = result.found.get('order')?.run
    if (!run) throw new Error('not found')
    const { kernel, scenario } = program
    const { why, trace, shortest } = counterexampleOf(minimise(kernel, scenario, order, run, result), order, [])
    expect(why.reason).toBe(
      "run 1: t0 waits for b while it holds a: 'lock b' in op0; run 2: t1 waits for a while it holds b: 'lock a' in op1",
    )
    expect(why.evidence).toEqual([
      { name: 'run 1: a of t0', value: 'exclusive', writtenAt: 2, writtenBy: 't0' },
      { name: 'run 2: b of t1', value: 'exclusive', writtenAt: 2, writtenBy: 't1' },
    ])
    expect(trace.others?.map(other => other.steps.map(step => step.label))).toEqual([['lock d', 'lock b', 'lock a']])
    expect(shortest).toBe(true)
  })

  test('is not looked at by fingerprints or by walks, and nobody claims that it was', () => {
    const program = programOf(ab, ba)
    const system = new PackedSystem(program)
    const checks = checksOf([order], system.shared, program)
    const results = [
      explore(system, checks, createFingerprintStore(system.words)),
      walk(system, checks, { limits: { states: 10 } }),
      explore(system, checksOf([order], system.shared), createFingerprintStore(system.words)),
    ]
    for (const result of results) {
      expect(judge(order, { ...result, stopped: undefined })).toEqual({
        verdict: 'inconclusive',
        limit: 'locks are looked at in exact searches alone, and not in reduced ones',
      })
    }
  })

  test('is looked at as far as the states were searched', () => {
    const program = programOf(ab, ba)
    const few = explored(program, [order], { limits: { states: 3 } })
    expect(few.stopped).toBe('states')
    expect(judge(order, few).verdict).not.toBe('proved')
    expect(judge(order, explored(program, [order], { limits: { states: 8 } })).verdict).toBe('violated')
  })
})

test('a deadlock names the circle of who waits for whom', () => {
  const program = programOf(ab, ba)
  const result = explored(program, [noDeadlock])
  const run = result.found.get('no-deadlock')?.run
  if (!run) throw new Error('not found')
  const minimal = minimise(program.kernel, program.scenario, noDeadlock, run, result)
  expect(counterexampleOf(minimal, noDeadlock, [], order.classes).why.reason).toBe(
    "t0 waits for b, held by t1; t1 waits for a, held by t0. t0 waits at 'lock b' in op0; t1 waits at 'lock a' in op1",
  )
  expect(counterexampleOf(minimal, noDeadlock, []).why.reason).toBe(
    "t0 waits at 'lock b' in op0; t1 waits at 'lock a' in op1",
  )
})

describe('a thread at its end', () => {
  const exit = noLockAtExit(m, 'exit', { classes: classesWith() })

  test('holds no lock', () => {
    expect(found(programOf(ab, [['lock', A]]), exit)).toEqual([1])
    expect(found(programOf(ab, ba), exit)).toBe(undefined)
    const program = programOf([['trylock', A]])
    expect(
      judge(
        exit,
        explored(
          programOf([
            ['trylock', A],
            ['unlock', A],
          ]),
          [exit],
        ),
      ).verdict,
    ).toBe('vacuous')
    const result = explored(program, [exit])
    const run = result.found.get('exit')?.run
    if (!run) throw new Error('not found')
    const minimal = minimise(program.kernel, program.scenario, exit, run, result)
    expect(counterexampleOf(minimal, exit, []).why.reason).toBe('t0 has ended and holds a')
  })
})

describe('who holds a spinlock', () => {
  const sleep = noSleepUnderSpinlock(m, 'sleep', { classes: classesWith({}, { sleeps: false }, {}, { sleeps: false }) })

  test('waits for no lock that may sleep', () => {
    expect(found(programOf(ab), sleep)).toEqual([2])
    expect(found(programOf(ba), sleep)).toBe(undefined)
    expect(
      found(
        programOf([
          ['lock', A],
          ['lock', 2],
        ]),
        sleep,
      ),
    ).toBe(undefined)
    expect(
      found(
        programOf([
          ['lock', A],
          ['trylock', B],
        ]),
        sleep,
      ),
    ).toBe(undefined)
  })

  test('is told with the lock that he holds', () => {
    const program = programOf(ab)
    const result = explored(program, [sleep])
    const run = result.found.get('sleep')?.run
    if (!run) throw new Error('not found')
    const { why } = counterexampleOf(minimise(program.kernel, program.scenario, sleep, run, result), sleep, [])
    expect(why.reason).toBe("t0 waits for b while it holds a: 'lock b' in op0, and may sleep there")
    expect(why.evidence[0]).toMatchObject({ name: 'a of t0', writtenAt: 1 })
  })
})

test('a lock that cannot be told is an error of the model', () => {
  const holds = (): Hold => {
    throw new Error('oops')
  }
  const bad = lockOrder(m, 'bad', { classes: [{ name: 'bad lock', sleeps: true, holds }] })
  expect(() => explored(programOf(ab), [bad])).toThrow('lock bad lock: threw: oops')
})

/** Every state of the reference semantics. */
function allStates(program: Program): ReferenceState[] {
  const system = new ReferenceSystem(program)
  const states = new Map(system.initial.map(state => [JSON.stringify(state), state]))
  for (const state of states.values()) {
    for (const ordinal of system.enabled(state)) {
      const next = system.fire(state, ordinal).state
      states.set(JSON.stringify(next), next)
    }
  }
  return [...states.values()]
}

interface Edge {
  readonly held: number
  readonly heldAs: Hold
  readonly wanted: number
  readonly wantedAs: Hold
}

/** By the definition, from what the steps say in their labels: who waits, or need not wait, for which lock under which. */
function edgesOf(program: Program): Edge[] {
  const system = new ReferenceSystem(program)
  const edges = new Map<string, Edge>()
  for (const state of allStates(program)) {
    const s = state.shared as unknown as State
    program.threads.forEach((_, t) => {
      const step = system.stepAt(state, t)
      if (step.kind !== 'wait') return
      const [act, name] = step.label.split(' ')
      const wanted = names.indexOf(name)
      const able = system.enabled(state).some(ordinal => ordinal >> 8 === t)
      const mine = holds(s, wanted, t)
      const wants: Hold[] = []
      if (able && act === 'lock') wants.push('exclusive')
      if (able && act === 'read' && mine === 'none') wants.push('shared')
      if (!able) {
        for (let u = 0; u < program.threads.length; u++) {
          const by = holds(s, wanted, u)
          if (by !== 'none') wants.push(by === 'exclusive' ? 'shared' : 'exclusive')
        }
      }
      for (const wantedAs of wants) {
        for (let held = 0; held < LOCKS; held++) {
          const heldAs = holds(s, held, t)
          if (heldAs !== 'none') edges.set([held, heldAs, wanted, wantedAs].join(), { held, heldAs, wanted, wantedAs })
        }
      }
    })
  }
  return [...edges.values()]
}

/** Whether some edge is reached from itself, by the closure of what leads to what. */
function cyclic(edges: readonly Edge[]): boolean {
  const leads = edges.map(a =>
    edges.map(b => a.wanted === b.held && (a.wantedAs === 'exclusive' || b.heldAs === 'exclusive')),
  )
  for (let k = 0; k < edges.length; k++) {
    for (let i = 0; i < edges.length; i++) {
      for (let j = 0; j < edges.length; j++) leads[i][j] ||= leads[i][k] && leads[k][j]
    }
  }
  return edges.some((_, i) => leads[i][i])
}

test('what the search says of random programs is what the definition says', () => {
  const act = fc.tuple(fc.constantFrom('lock', 'lock', 'read', 'trylock', 'unlock', 'unlock', 'wait'), fc.nat(2))
  const acts = fc.array(act, { minLength: 1, maxLength: 5 }) as fc.Arbitrary<Act[]>
  let broken = 0
  fc.assert(
    fc.property(fc.array(acts, { minLength: 1, maxLength: 3 }), threads => {
      const program = programOf(...threads)
      const edges = edgesOf(program)
      const result = explored(program, [order])
      const runs = runsOf(program, order, result)
      expect(runs !== undefined).toBe(cyclic(edges))
      expect(result.tested.has('order')).toBe(edges.length > 0)
      if (runs) broken++
      // Depth-first says the same.
      expect(found(program, order, 'dfs') !== undefined).toBe(runs !== undefined)
    }),
    { numRuns: 150 },
  )
  expect(broken).toBeGreaterThan(10)
})
