import fc from 'fast-check'
import {
  alias,
  array,
  bit,
  bool,
  type Fields,
  int,
  oneOf,
  type RecordType,
  record,
  ref,
  type Type,
  tagged,
} from 'foliocheck'
import type {
  Act,
  CallPlan,
  Claim,
  Expression,
  NodePlan,
  NodePlans,
  OperationPlan,
  Plan,
  ThreadPlan,
  Write,
} from './plan.js'

/** Integers of every width, at both sides of each border, near and far from zero. */
const RANGES = [
  [0, 1],
  [-1, 3],
  [2, 2],
  [0, 255],
  [0, 256],
  [-128, 127],
  [5, 300],
  [-40_000, 25_535],
  [0, 65_536],
  [-70_000, 70_000],
  [0, 0x7fffffff],
  [-0x80000000, -1],
] as const

const scalar: fc.Arbitrary<Type> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...RANGES).map(([min, max]) => int(min, max)) },
  fc.constant(bool()),
  fc.integer({ min: 1, max: 4 }).map(count => oneOf(...['red', 'green', 'blue', 'grey'].slice(0, count))),
  fc.integer({ min: 1, max: 3 }).map(count => ref('p', count)),
)

const flat: fc.Arbitrary<RecordType> = fc.oneof(
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map(types => record(named(types))),
  fc.constant(tagged(ref('p', 4), { nothing: '', head: 'p', order: '' })),
  fc
    .constantFrom(1, 3, 255, 256, 70_000)
    .map(max =>
      record({ word: int(0, max), after: bool() }, { low: bit('word', 0), high: bit('word', 1), same: alias('word') }),
    ),
)

const nested: fc.Arbitrary<RecordType> = fc.oneof(
  { weight: 3, arbitrary: flat },
  fc
    .tuple(scalar, flat, fc.integer({ min: 1, max: 2 }))
    .map(([a, b, length]) => record({ a, b, c: array(length, b, 'c') })),
)

const type: fc.Arbitrary<Type> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: nested },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), nested).map(([length, of]) => array(length, of, 'e')),
  },
)

/** Fields called a, b, c … */
export function named(types: readonly Type[], prefix = ''): Fields {
  return Object.fromEntries(types.map((of, i) => [`${prefix}${String.fromCharCode(97 + i)}`, of]))
}

const choice = fc.nat(20)
const expression: fc.Arbitrary<Expression> = fc.record({
  terms: fc.array(
    fc.oneof(
      {
        weight: 1,
        arbitrary: fc.record({ from: fc.constant('constant' as const), index: fc.integer({ min: -2, max: 400 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ from: fc.constantFrom('shared' as const, 'local' as const), index: choice }),
      },
    ),
    { maxLength: 3 },
  ),
  halved: fc.nat(9).map(n => n === 9),
})

function write(to: fc.Arbitrary<Write['to']>): fc.Arbitrary<Write> {
  return fc.record({
    kind: fc.constant('write' as const),
    to,
    leaf: choice,
    shift: expression,
    value: expression,
    raw: fc.nat(7).map(n => n === 7),
  })
}

const localWrite = write(fc.constant('local'))
function claim(...kinds: Claim['kind'][]): fc.Arbitrary<Claim> {
  return fc.record({ kind: fc.constantFrom(...kinds), unless: expression, name: fc.nat(2) })
}
const claims = fc.array(claim('expect', 'expect', 'demand', 'bound'), { maxLength: 2 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 12, arbitrary: write(fc.constantFrom('shared', 'local')) },
  { weight: 3, arbitrary: claim('expect') },
  { weight: 2, arbitrary: claim('demand', 'bound', 'throw') },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('whole' as const), unless: expression, leaf: choice }) },
)
const acts = fc.array(act, { maxLength: 3, size: 'max' })

function nodes(depth: number): fc.Arbitrary<NodePlans> {
  return fc.array(node(depth), { maxLength: 3, size: 'max' })
}

const leaf: fc.Arbitrary<NodePlan> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('step' as const), acts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ready: expression, claims, acts }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('choose' as const),
      values: fc.array(fc.integer({ min: -1, max: 300 }), { minLength: 1, maxLength: 3 }),
      when: fc.option(expression, { nil: undefined }),
      claims,
      acts,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('local' as const), writes: fc.array(localWrite, { maxLength: 2 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      callee: choice,
      args: fc.array(expression, { minLength: 2, maxLength: 2 }),
      raw: fc.nat(7).map(n => n === 7),
      hook: fc.boolean(),
      into: fc.option(localWrite, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('ret' as const), value: fc.option(expression, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('label' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('goto' as const), label: choice }) },
)

function node(depth: number): fc.Arbitrary<NodePlan> {
  if (depth === 0) return leaf
  const inner = nodes(depth - 1)
  return fc.oneof(
    { weight: 6, arbitrary: leaf },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('test' as const, 'when' as const),
        condition: expression,
        yes: inner,
        no: inner,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('loop' as const), times: fc.nat(2), body: inner }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('atomic' as const), body: inner }) },
  )
}

const operation: fc.Arbitrary<OperationPlan> = fc.record({
  params: fc.array(scalar, { maxLength: 2 }),
  locals: fc.array(type, { maxLength: 3, size: 'max' }),
  body: fc.array(node(2), { minLength: 2, maxLength: 6, size: 'max' }),
  padding: fc.nat(30).map(n => (n === 30 ? 260 : 0)),
})

const call: fc.Arbitrary<CallPlan> = fc.record({
  callee: choice,
  args: fc.array(fc.nat(400), { minLength: 2, maxLength: 2 }),
})
const thread: fc.Arbitrary<ThreadPlan> = fc.record({
  actions: fc.array(call, { minLength: 1, maxLength: 2 }),
  daemon: fc.boolean(),
})

/** Random models. */
export const plan: fc.Arbitrary<Plan> = fc.record({
  shared: fc.array(type, { minLength: 1, maxLength: 5, size: 'max' }),
  initial: fc.array(fc.array(write(fc.constant('shared')), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  operations: fc.array(operation, { minLength: 1, maxLength: 3, size: 'max' }),
  threads: fc.array(thread, { minLength: 1, maxLength: 3, size: 'max' }),
  setup: fc.array(call, { maxLength: 1 }),
})
