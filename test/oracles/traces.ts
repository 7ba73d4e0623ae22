import { array, does, int, kernel, machine, record, type Scenario, scenario, thread } from 'foliocheck'
import { compile, type Program } from '../../src/program/program.js'

/** A program whose runs, up to the order of independent steps, have been counted by others. */
export interface TraceOracle {
  readonly name: string
  readonly program: Program
  readonly traces: number
}

const MOST = 40
const memory = machine('memory', record({ cells: array(24, record({ value: int(0, MOST) })) }))
const at = { x: int(0, 23), value: int(0, MOST) }
const locals = { got: int(0, MOST) }

const write = memory.operation('write', { source: 'store', params: at }, ({ step }) => [
  step('x = value', (s, { x, value }) => {
    s.cells[x].value = value
  }),
])
const read = memory.operation('read', { source: 'load', params: { x: at.x }, locals }, ({ step }) => [
  step('got = x', (s, t) => {
    t.got = s.cells[t.x].value
  }),
])
const add = memory.operation('add', { source: 'fetch_add', params: { x: at.x } }, ({ step }) => [
  step('x++', (s, { x }) => {
    s.cells[x].value++
  }),
])
const swap = memory.operation('swap', { source: 'compare_exchange', params: { value: at.value } }, ({ step }) => [
  step('value - 1 to value', (s, { value }) => {
    if (s.cells[0].value === value - 1) s.cells[0].value = value
  }),
])
const follow = memory.operation('follow', { source: 'lastzero', params: { x: at.x }, locals }, ({ step }) => [
  step('got = the one before', (s, t) => {
    t.got = s.cells[t.x - 1].value
  }),
  step('x = got + 1', (s, t) => {
    s.cells[t.x].value = t.got + 1
  }),
])
const search = memory.operation(
  'search',
  { source: 'lastzero', params: { last: at.x }, locals: { i: at.x, got: at.value } },
  ({ step, loop, local }) => [
    local(t => {
      t.i = t.last
      t.got = 1
    }),
    loop(
      t => t.got !== 0,
      [
        step('got = element i', (s, t) => {
          t.got = s.cells[t.i].value
        }),
        local(t => {
          if (t.got !== 0) t.i--
        }),
      ],
    ),
  ],
)

type Actions = Scenario['threads'][number]['actions']

function oracle(name: string, traces: number, threads: readonly Actions[]): TraceOracle {
  const all = kernel(name, { date: '', about: 'shared memory' }, [write, read, add, swap, follow, search])
  const model = scenario(name, memory, {
    about: name,
    threads: threads.map((actions, i) => thread(`t${i}`, ...actions)),
  })
  return { name, traces, program: compile(all, model) }
}

const W = (x: number, value = 1) => does(write, { x, value })
const R = (x: number) => does(read, { x })
const times = (n: number, of: (i: number) => Actions) => Array.from({ length: n }, (_, i) => of(i))
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

const litmus = [
  oracle('SB', 3, [
    [W(0), R(1)],
    [W(1), R(0)],
  ]),
  oracle('MP', 3, [
    [W(0), W(1)],
    [R(1), R(0)],
  ]),
  oracle('LB', 3, [
    [R(0), W(1)],
    [R(1), W(0)],
  ]),
  oracle('2+2W', 3, [
    [W(0, 1), W(1, 2)],
    [W(1, 1), W(0, 2)],
  ]),
  oracle('S', 3, [
    [W(0, 2), W(1, 1)],
    [R(1), W(0, 1)],
  ]),
  oracle('IRIW', 15, [[W(0)], [W(1)], [R(0), R(1)], [R(1), R(0)]]),
  oracle('WRC', 7, [[W(0)], [R(0), W(1)], [R(1), R(0)]]),
]

const CASROT = [2, 5, 14, 43, 144, 523, 2048]

/** The counts of Nidhugg (POPL 2014, JACM 2017) and of GenMC's tests, under sequential consistency. */
export const traceOracles: readonly TraceOracle[] = [
  ...litmus,
  ...[1, 2, 3, 4, 5, 6].map(n =>
    oracle(
      `ainc(${n})`,
      factorial(n),
      times(n, () => [does(add, { x: 0 })]),
    ),
  ),
  ...[1, 2, 5, 10].map(n => oracle(`readers(${n})`, 2 ** n, [[W(0, 7)], ...times(n, () => [R(0)])])),
  ...[2, 3, 4].map(n =>
    oracle(
      `binc(${n})`,
      factorial(n) ** 2,
      times(n, () => [does(add, { x: 0 }), does(add, { x: 1 })]),
    ),
  ),
  ...CASROT.map((traces, i) =>
    oracle(
      `casrot(${i + 2})`,
      traces,
      times(i + 2, j => [does(swap, { value: j + 1 })]),
    ),
  ),
  ...[5, 10, 15].map(n =>
    oracle(`lastzero(${n})`, (n + 3) * 2 ** (n - 2), [
      [does(search, { last: n })],
      ...times(n, i => [does(follow, { x: i + 1 })]),
    ]),
  ),
]
