import fc from 'fast-check'
import {
  type Action,
  assertion,
  bound,
  compile,
  demand,
  does,
  expect,
  int,
  invariant,
  kernel,
  machine,
  noDeadlock,
  type Program,
  type Property,
  reachable,
  record,
  scenario,
  thread,
} from 'foliocheck'
import type { Builder } from '../../src/program/builder.js'
import type { Node } from '../../src/program/node.js'

/** Small models without loops in which threads race, wait for each other, get stuck, choose and fail. */
export interface RacePlan {
  readonly threads: readonly (readonly Move[])[]
  readonly setup: readonly Move[]
  readonly initial: readonly (readonly number[])[]
  readonly claims: readonly Condition[]
}

interface Atom {
  readonly cell: number
  readonly value: number
  readonly not: boolean
}

interface Condition {
  readonly first: Atom
  readonly second: Atom | undefined
  /** Whether both must hold, or one. */
  readonly both: boolean
}

interface Store {
  readonly to: number
  readonly from: number | undefined
  readonly value: number
  readonly when: Condition | undefined
}

type Move =
  | { readonly kind: 'step'; readonly stores: readonly Store[] }
  | { readonly kind: 'wait'; readonly ready: Condition; readonly stores: readonly Store[] }
  | {
      readonly kind: 'choose'
      readonly cell: number
      readonly offers: Condition | undefined
      readonly most: number
    }
  | { readonly kind: 'test'; readonly condition: Condition; readonly yes: readonly Store[] }
  | { readonly kind: 'claim'; readonly what: 'demand' | 'expect' | 'bound'; readonly condition: Condition }

const CELLS = 4
const MOST = 2
const shared = record({ c0: int(0, MOST), c1: int(0, MOST), c2: int(0, MOST), c3: int(0, MOST) })
const model = machine('races', shared)
const claimed = assertion('claimed', 'a random claim')
type Cells = Record<string, number>

const cell = fc.nat(CELLS - 1)
const value = fc.nat(MOST)
const atom = fc.record({ cell, value, not: fc.boolean() })
const condition: fc.Arbitrary<Condition> = fc.record({
  first: atom,
  second: fc.option(atom, { nil: undefined }),
  both: fc.boolean(),
})
const stores = fc.array(
  fc.record({
    to: cell,
    from: fc.option(cell, { nil: undefined }),
    value,
    when: fc.option(condition, { nil: undefined }),
  }),
  { minLength: 1, maxLength: 2 },
)
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const), stores }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ready: condition, stores }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('choose' as const),
      cell,
      offers: fc.option(condition, { nil: undefined }),
      most: fc.integer({ min: 1, max: MOST }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('test' as const), condition, yes: stores }) },
)
const claim: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('claim' as const),
  what: fc.constantFrom('demand' as const, 'expect' as const, 'bound' as const),
  condition,
})

/** @param failing whether steps may end runs. */
export function racePlan(failing: boolean): fc.Arbitrary<RacePlan> {
  const one = failing ? fc.oneof({ weight: 9, arbitrary: move }, { weight: 1, arbitrary: claim }) : move
  return fc
    .oneof(fc.constant([2, 4] as const), fc.constant([3, 3] as const), fc.constant([4, 2] as const))
    .chain(([threads, moves]) =>
      fc.record({
        threads: fc.array(fc.array(one, { minLength: 1, maxLength: moves, size: 'max' }), {
          minLength: threads,
          maxLength: threads,
        }),
        setup: fc.oneof(
          { weight: 4, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(move, { maxLength: 2 }) },
        ),
        initial: fc.array(fc.array(value, { minLength: CELLS, maxLength: CELLS }), { minLength: 1, maxLength: 2 }),
        claims: fc.array(condition, { maxLength: 3 }),
      }),
    )
}

/** The model of a plan, and what is claimed about it. */
export function buildRaces(plan: RacePlan): { program: Program; properties: Property[] } {
  const bodies = [plan.setup, ...plan.threads].map((moves, i) =>
    model.operation(`op${i}`, { source: 'random' }, words => moves.flatMap(one => node(one, words as never))),
  )
  const call = (i: number): Action => does(bodies[i], {})
  const program = compile(
    kernel('races', { date: '', about: 'random races' }, bodies),
    scenario('races', model, {
      about: 'random races',
      initial: plan.initial.map(values => s => {
        values.forEach((of, i) => {
          ;(s as Cells)[`c${i}`] = of
        })
      }),
      setup: plan.setup.length > 0 ? [call(0)] : [],
      threads: plan.threads.map((_, i) => thread(`t${i}`, call(i + 1))),
    }),
  )
  const claims = plan.claims.flatMap((of, i): Property[] => [
    invariant(model, `never ${i}`, {
      claim: '',
      over: { prefix: 'c', count: 2 },
      clauses: { no: (s, k) => !(s.c3 === k && isTrue(of, s)) },
    }),
    invariant(model, `at the end ${i}`, { claim: '', when: 'quiescent', clauses: { no: s => !isTrue(of, s) } }),
    invariant(model, `if ${i}`, { claim: '', premise: s => isTrue(of, s), clauses: { yes: s => s.c0 !== 2 } }),
    reachable(model, `reached ${i}`, { claim: '', holds: s => isTrue(of, s) && s.c0 === s.c1 }),
  ])
  return { program, properties: [...claims, noDeadlock] }
}

function node(move: Move, words: Builder<object, object, number>): Node[] {
  switch (move.kind) {
    case 'step':
      return [words.step('step', s => run(move.stores, s as Cells))]
    case 'wait':
      return [
        words.waitUntil(
          'wait',
          s => isTrue(move.ready, s as Cells),
          s => run(move.stores, s as Cells),
        ),
      ]
    case 'choose': {
      const { offers } = move
      const values = Array.from({ length: move.most + 1 }, (_, i) => i)
      const choice = (s: object, _: object, of: number) => {
        ;(s as Cells)[`c${move.cell}`] = of
      }
      if (!offers) return [words.choose('choose', values, choice)]
      return [words.choose('choose', values, choice, (s, _, of) => of === 0 || isTrue(offers, s as Cells))]
    }
    case 'test':
      return [
        words.test('test', s => isTrue(move.condition, s as Cells), [
          words.step('yes', s => run(move.yes, s as Cells)),
        ]),
      ]
    case 'claim':
      return [
        words.step('claim', s => {
          const ok = isTrue(move.condition, s as Cells)
          if (move.what === 'bound') bound('random', ok)
          else if (move.what === 'expect') expect(claimed, ok)
          else demand(claimed, ok)
          ;(s as Cells).c2 = MOST - (s as Cells).c2
        }),
      ]
  }
}

function run(stores: readonly Store[], s: Cells): void {
  for (const { to, from, value, when } of stores) {
    if (!when || isTrue(when, s)) s[`c${to}`] = from === undefined ? value : (s[`c${from}`] + value) % (MOST + 1)
  }
}

function isTrue({ first, second, both }: Condition, s: object): boolean {
  const holds = ({ cell, value, not }: Atom) => ((s as Cells)[`c${cell}`] === value) !== not
  if (!second) return holds(first)
  return both ? holds(first) && holds(second) : holds(first) || holds(second)
}
