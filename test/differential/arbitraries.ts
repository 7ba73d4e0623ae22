import fc from 'fast-check'
import { scalar, type } from '../arbitraries/schemas.js'
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
        arbitrary: fc.record({
          from: fc.constantFrom('shared' as const, 'local' as const, 'thread' as const),
          index: choice,
        }),
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
