import {
  array,
  checksOf,
  compile,
  createTreeStore,
  does,
  explore,
  int,
  kernel,
  machine,
  type Node,
  type Operation,
  once,
  PackedSystem,
  reachable,
  record,
  release,
  scenario,
  smp_mb,
  smp_wmb,
  thread,
} from 'foliocheck'
import { expect, test } from 'vitest'
import { STORE_ORDERS, type StoreOrder } from '../../src/program/scenario.js'

/** Litmus tests: threads of stores `x=1`, loads `r0=x`, and barriers, and an outcome of registers and places. */
type Line = string

interface Litmus {
  readonly threads: readonly (readonly Line[])[]
  readonly outcome: Readonly<Record<string, number>>
  /** Under which models the outcome can be seen. */
  readonly seen: readonly StoreOrder[]
}

const PLACES = ['x', 'y']

const litmus: Readonly<Record<string, Litmus>> = {
  SB: {
    threads: [
      ['x=1', 'r0=y'],
      ['y=1', 'r1=x'],
    ],
    outcome: { r0: 0, r1: 0 },
    seen: ['tso', 'pso'],
  },
  'SB+mbs': {
    threads: [
      ['x=1', 'mb', 'r0=y'],
      ['y=1', 'mb', 'r1=x'],
    ],
    outcome: { r0: 0, r1: 0 },
    seen: [],
  },
  'SB+mb+po': {
    threads: [
      ['x=1', 'mb', 'r0=y'],
      ['y=1', 'r1=x'],
    ],
    outcome: { r0: 0, r1: 0 },
    seen: ['tso', 'pso'],
  },
  'SB+wmbs': {
    threads: [
      ['x=1', 'wmb', 'r0=y'],
      ['y=1', 'wmb', 'r1=x'],
    ],
    outcome: { r0: 0, r1: 0 },
    seen: ['tso', 'pso'],
  },
  MP: {
    threads: [
      ['x=1', 'y=1'],
      ['r0=y', 'r1=x'],
    ],
    outcome: { r0: 1, r1: 0 },
    seen: ['pso'],
  },
  'MP+wmb': {
    threads: [
      ['x=1', 'wmb', 'y=1'],
      ['r0=y', 'r1=x'],
    ],
    outcome: { r0: 1, r1: 0 },
    seen: [],
  },
  'MP+release': {
    threads: [
      ['x=1', 'release y=1'],
      ['r0=y', 'r1=x'],
    ],
    outcome: { r0: 1, r1: 0 },
    seen: [],
  },
  LB: {
    threads: [
      ['r0=x', 'y=1'],
      ['r1=y', 'x=1'],
    ],
    outcome: { r0: 1, r1: 1 },
    seen: [],
  },
  '2+2W': {
    threads: [
      ['x=1', 'y=2'],
      ['y=1', 'x=2'],
    ],
    outcome: { x: 1, y: 1 },
    seen: ['pso'],
  },
  '2+2W+wmbs': {
    threads: [
      ['x=1', 'wmb', 'y=2'],
      ['y=1', 'wmb', 'x=2'],
    ],
    outcome: { x: 1, y: 1 },
    seen: [],
  },
  S: {
    threads: [
      ['x=2', 'y=1'],
      ['r0=y', 'x=1'],
    ],
    outcome: { r0: 1, x: 2 },
    seen: ['pso'],
  },
  R: {
    threads: [
      ['x=1', 'y=1'],
      ['y=2', 'r0=x'],
    ],
    outcome: { r0: 0, y: 2 },
    seen: ['tso', 'pso'],
  },
  'R+mbs': {
    threads: [
      ['x=1', 'mb', 'y=1'],
      ['y=2', 'mb', 'r0=x'],
    ],
    outcome: { r0: 0, y: 2 },
    seen: [],
  },
  IRIW: {
    threads: [['x=1'], ['y=1'], ['r0=x', 'r1=y'], ['r2=y', 'r3=x']],
    outcome: { r0: 1, r1: 0, r2: 1, r3: 0 },
    seen: [],
  },
  'own store is seen': {
    threads: [
      ['x=1', 'r0=x', 'r1=y'],
      ['y=1', 'r2=x'],
    ],
    outcome: { r0: 0 },
    seen: [],
  },
  'SB+rfi': {
    threads: [
      ['x=1', 'r0=x', 'r1=y'],
      ['y=1', 'r2=y', 'r3=x'],
    ],
    outcome: { r0: 1, r1: 0, r2: 1, r3: 0 },
    seen: ['tso', 'pso'],
  },
  WRC: { threads: [['x=1'], ['r0=x', 'y=1'], ['r1=y', 'r2=x']], outcome: { r0: 1, r1: 1, r2: 0 }, seen: [] },
}

const schema = record({
  places: array(PLACES.length, record({ value: int(0, 3) })),
  registers: array(4, record({ value: int(0, 3) })),
})
const m = machine('litmus', schema)

function codeOf(line: Line): Node {
  if (line === 'mb') return smp_mb()
  if (line === 'wmb') return smp_wmb()
  const [, mark, to, from] = /^(release )?(\w+)=(\w+)$/.exec(line) ?? []
  const steps = m.operation('line', { source: 'litmus' }, ({ step }) => [
    step(line, s => {
      if (to.startsWith('r')) s.registers[Number(to[1])].value = s.places[PLACES.indexOf(from)].value
      else s.places[PLACES.indexOf(to)].value = Number(from)
    }),
  ])
  const [node] = steps.body
  return mark ? release(node) : once(node)
}

function operationOf(lines: readonly Line[], t: number): Operation {
  return m.operation(`P${t}`, { source: 'litmus' }, () => lines.map(codeOf)) as unknown as Operation
}

const cases = Object.entries(litmus).flatMap(([name, test]) =>
  STORE_ORDERS.map(memory => ({ name, memory, ...test, expected: test.seen.includes(memory) })),
)

test.each(cases)('$name under $memory: $expected', ({ threads, outcome, memory, expected }) => {
  const operations = threads.map(operationOf)
  const made = scenario('litmus', m, {
    about: 'a litmus test',
    storeOrder: memory,
    threads: operations.map((operation, t) => thread(`P${t}`, does(operation, {}))),
  })
  const system = new PackedSystem(compile(kernel('k', { date: '2026-01', about: 'litmus' }, operations), made))
  const seen = reachable(m, 'seen', {
    claim: 'the outcome is seen at the end',
    holds: s =>
      Object.entries(outcome).every(([name, value]) =>
        name.startsWith('r')
          ? s.registers[Number(name[1])].value === value
          : s.places[PLACES.indexOf(name)].value === value,
      ),
  })
  const store = createTreeStore(system.words)
  const result = explore(system, checksOf([seen], system.shared), store)
  // Outcomes of the end alone: registers that were never written are 0, too.
  let found = false
  for (let id = 0; id < store.count && !found; id++) {
    store.load(id, system.vector)
    if (!system.threads.some((_, t) => system.enabled(t))) found = checksOf([seen], system.shared)[0].holds()
  }
  expect({ found, complete: result.stopped }).toEqual({ found: expected, complete: undefined })
})
