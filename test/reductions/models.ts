import fc from 'fast-check'
import {
  alike,
  alikeSet,
  array,
  assertion,
  expect as claim,
  current,
  demand,
  does,
  int,
  invariant,
  type Kernel,
  kernel,
  machine,
  type Node,
  noDeadlock,
  type Property,
  reachable,
  record,
  ref,
  type Scenario,
  scenario,
  THREAD,
  thread,
} from 'foliocheck'

/** Small random models with waits, choices, cycles, and threads that do the same. */

const CELLS = 4
const VALUES = 3
const MOST_THREADS = 4

/** One step of an operation; numbers are cells and values. */
type StepPlan =
  | { readonly kind: 'set' | 'add' | 'load' | 'store' | 'wait' | 'loop' | 'claim' | 'demand'; a: number; b: number }
  | { readonly kind: 'choose' | 'own' | 'take' | 'give' | 'mark' | 'idle'; a: number; b: number }

export interface ModelPlan {
  readonly operations: readonly (readonly StepPlan[])[]
  /** By thread: which operation it runs. */
  readonly threads: readonly number[]
  readonly claims: readonly { readonly kind: 'always' | 'end' | 'reach'; a: number; b: number; v: number; w: number }[]
}

const stepPlan: fc.Arbitrary<StepPlan> = fc.record({
  kind: fc.constantFrom(
    ...(['set', 'add', 'load', 'store', 'wait', 'loop', 'claim', 'demand'] as const),
    ...(['choose', 'own', 'take', 'give', 'mark', 'idle'] as const),
  ),
  a: fc.nat(CELLS - 1),
  b: fc.nat(VALUES - 1),
})

export const modelPlan: fc.Arbitrary<ModelPlan> = fc.record({
  operations: fc.array(fc.array(stepPlan, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 2 }),
  threads: fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.nat(1), { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.nat(1), { minLength: MOST_THREADS, maxLength: MOST_THREADS }) },
  ),
  claims: fc.array(
    fc.record({
      kind: fc.constantFrom('always' as const, 'end' as const, 'reach' as const),
      a: fc.nat(CELLS - 1),
      b: fc.nat(CELLS - 1),
      v: fc.nat(VALUES - 1),
      w: fc.nat(VALUES - 1),
    }),
    { maxLength: 4 },
  ),
})

const said = assertion('claimed', 'a cell has a value')
const demanded = assertion('demanded', 'a cell has a value, or the run ends')

export function build(plan: ModelPlan): {
  kernel: Kernel
  scenario: Scenario
  properties: readonly Property[]
} {
  const schema = record({
    cells: array(CELLS, record({ value: int(0, VALUES - 1) }), 'c'),
    holder: alike(THREAD, ref('cpu', MOST_THREADS)),
    marked: alikeSet(THREAD, int(0, 2 ** MOST_THREADS - 1)),
    own: alike(THREAD, array(MOST_THREADS, record({ value: int(0, VALUES - 1) }), 'own')),
  })
  const m = machine('random', schema)
  const operations = plan.operations.map((steps, i) =>
    m.operation(
      `op${i}`,
      { source: 'random.c', locals: { kept: int(0, VALUES - 1), who: alike(THREAD, ref('cpu', MOST_THREADS)) } },
      ({ step, waitUntil, choose, test, label, goto }) => [
        label('start'),
        // biome-ignore lint/suspicious/useIterableCallbackReturn: the switch is exhaustive
        ...steps.flatMap(({ kind, a, b }, at): Node[] => {
          const name = `${at} ${kind}`
          switch (kind) {
            case 'set':
              return [
                step(name, s => {
                  s.cells[a].value = b
                }),
              ]
            case 'add':
              return [
                step(name, s => {
                  s.cells[a].value = (s.cells[a].value + b) % VALUES
                }),
              ]
            case 'load':
              return [
                step(name, (s, t) => {
                  t.kept = s.cells[a].value
                }),
              ]
            case 'store':
              return [
                step(name, (s, t) => {
                  s.cells[a].value = t.kept
                }),
              ]
            case 'wait':
              return [waitUntil(name, s => s.cells[a].value === b)]
            case 'loop':
              return [test(name, s => s.cells[a].value === b, [goto('start')])]
            case 'claim':
              return [step(name, s => void claim(said, s.cells[a].value !== b))]
            case 'demand':
              return [step(name, s => demand(demanded, s.cells[a].value !== b))]
            case 'choose':
              return [
                choose(
                  name,
                  [0, 1, 2],
                  (s, _, value) => {
                    s.cells[a].value = value
                  },
                  (s, _, value) => value !== s.cells[b].value,
                ),
              ]
            case 'own':
              return [
                step(name, s => {
                  s.own[current()].value = s.cells[a].value
                }),
              ]
            case 'take':
              return [
                waitUntil(
                  name,
                  s => s.holder < 0,
                  (s, t) => {
                    s.holder = current()
                    t.who = current()
                  },
                ),
              ]
            case 'give':
              return [
                step(name, (s, t) => {
                  if (s.holder === current()) s.holder = -1
                  t.who = s.holder
                }),
              ]
            case 'mark':
              return [
                step(name, s => {
                  s.marked |= 1 << current()
                }),
              ]
            case 'idle':
              return [
                step(name, (_, t) => {
                  t.kept = b
                }),
              ]
          }
        }),
      ],
    ),
  )
  const claims = plan.claims.map(({ kind, a, b, v, w }, i): Property => {
    if (kind === 'reach') {
      const holds = (s: { cells: readonly { value: number }[] }) => s.cells[a].value === v && s.cells[b].value === w
      return reachable(m, `claim ${i}`, { claim: 'two cells have these values', holds })
    }
    return invariant(m, `claim ${i}`, {
      claim: 'cells differ',
      when: kind === 'end' ? 'quiescent' : 'always',
      over: { prefix: 'own', count: MOST_THREADS },
      premise: s => s.cells[b].value === w,
      clauses: { differ: (s, t) => s.cells[a].value !== v || s.own[t].value !== w || (s.marked & (1 << t)) === 0 },
    })
  })
  return {
    kernel: kernel('random', { date: '2026-01', about: 'random' }, operations),
    scenario: scenario('random', m, {
      about: 'random threads',
      threads: plan.threads.map((i, t) => thread(`t${t}`, does(operations[i % operations.length], {}))),
    }),
    properties: [said, demanded, noDeadlock, ...claims],
  }
}
