import {
  assertion,
  bound,
  daemon,
  demand,
  does,
  expect,
  int,
  type Kernel,
  kernel,
  machine,
  type Operation,
  type OperationRef,
  record,
  type Scenario,
  scenario,
  thread,
} from 'foliocheck'
import type { Builder } from '../../src/program/builder.js'
import type { Node } from '../../src/program/node.js'
import { named } from '../arbitraries/schemas.js'
import type { Act, CallPlan, NodePlan, NodePlans, OperationPlan, Plan, Write } from './plan.js'
import { evaluate, fitted, isTrue, leavesOf, pathOf, type Scope, store } from './values.js'

/** Told the name of each construct whenever it runs. */
export type Hit = (construct: string) => void

type Body = Operation<ReturnType<typeof named>, number>
type Words = Builder<object, object, number>

const RETURNS = int(-0x40000000, 0x3fffffff)
/** Calls in one operation, at most; all of them are laid out in place. */
const MOST_CALLS = 3

const assertions = [0, 1, 2].map(i => assertion(`claim ${i}`, `the claim number ${i}`))

/** Makes the model that a plan describes. */
export function build(plan: Plan, hit: Hit): { kernel: Kernel; scenario: Scenario } {
  const schema = record(named(plan.shared))
  const model = machine('random', schema)
  const shared = leavesOf(schema)
  const stored = shared.filter(({ view }) => !view)
  const bodies: Body[] = []
  const hooks: OperationRef<ReturnType<typeof named>, number>[] = []
  // From the last to the first, since each may call those after it.
  for (let i = plan.operations.length - 1; i >= 0; i--) {
    const operation = plan.operations[i]
    const params = named(operation.params)
    const writer = new Writer(operation, { shared, local: [] }, bodies, hooks, hit)
    bodies.unshift(
      model.operation(
        `op${i}`,
        { source: 'random', params, locals: { ...named(operation.locals, 'l'), ...writer.counters }, returns: RETURNS },
        words => writer.body(words as unknown as Words),
      ),
    )
    hooks.unshift(model.hook(`hook${i}`, { params, returns: RETURNS }))
  }
  const action = ({ callee, args }: CallPlan) => {
    const body = bodies[callee % bodies.length]
    const names = Object.keys(body.params)
    return does(
      body,
      Object.fromEntries(names.map((name, i) => [name, fitted(body.params[name] as never, args[i], false)])),
    )
  }
  return {
    kernel: kernel('random', { date: '', about: 'random operations' }, bodies),
    scenario: scenario('random', model, {
      about: 'random threads',
      initial: plan.initial.map(writes => s => {
        for (const { leaf, value } of writes) {
          const target = stored[leaf % stored.length]
          store(s, target.path, target.type, evaluate(value, { shared, local: [] }, s, {}), false)
        }
      }),
      setup: plan.setup.map(action),
      threads: plan.threads.map(({ actions, daemon: waits }, i) =>
        (waits ? daemon : thread)(`t${i}`, ...actions.map(action)),
      ),
      bind: Object.fromEntries(bodies.map((body, i) => [`hook${i}`, body])),
    }),
  }
}

/** Writes the body of one operation. */
class Writer {
  readonly counters: Record<string, ReturnType<typeof int>> = {}
  readonly #labels: number
  #scope: Scope
  #label = 0
  #counter = 0
  #calls = 0

  constructor(
    readonly plan: OperationPlan,
    scope: Scope,
    readonly bodies: readonly Body[],
    readonly hooks: readonly OperationRef<ReturnType<typeof named>, number>[],
    readonly hit: Hit,
  ) {
    const frame = record({ ...named(plan.params), ...named(plan.locals, 'l') })
    this.#scope = { ...scope, local: leavesOf(frame) }
    const all = flatten(plan.body)
    this.#labels = all.filter(({ kind }) => kind === 'label').length
    const counted = all.filter(({ kind }) => kind === 'goto' || kind === 'loop').length
    for (let i = 0; i < counted; i++) this.counters[`c_${i}`] = int(0, 2)
  }

  body(words: Words): Node[] {
    const padding = Array.from({ length: this.plan.padding }, (_, i) => words.step(`padding ${i}`, () => undefined))
    return [words.when(() => false, padding), ...this.#nodes(this.plan.body, words)]
  }

  #nodes(plans: NodePlans, words: Words): Node[] {
    return plans.flatMap(plan => this.#node(plan, words))
  }

  #node(plan: NodePlan, words: Words): Node[] {
    const { hit } = this
    const scope = this.#scope
    const count = () => `c_${this.#counter++}`
    const counting = (name: string) =>
      words.local(t => {
        ;(t as Record<string, number>)[name]++
      })
    switch (plan.kind) {
      case 'step':
        return [words.step('step', (s, t) => this.#acts('step', plan.acts, s, t))]
      case 'wait':
        return [
          words.waitUntil(
            'wait',
            (s, t) => {
              const ready = isTrue(plan.ready, scope, s, t)
              hit(ready ? 'wait: ready' : 'wait: blocked')
              this.#acts('condition', plan.claims, s, t)
              return ready
            },
            (s, t) => this.#acts('wait', plan.acts, s, t),
          ),
        ]
      case 'choose': {
        const run = (s: object, t: object, value: number) => {
          hit('choose: value')
          this.#acts('choose', plan.acts, s, t)
          const first = scope.shared[0]
          if (value % 2 === 0) store(s, first.path, first.type, value, false)
        }
        const { when } = plan
        if (!when) return [words.choose('choose', plan.values, run)]
        return [
          words.choose('choose', plan.values, run, (s, t, value) => {
            const offered = isTrue({ ...when, terms: [...when.terms, { from: 'constant', index: value }] }, scope, s, t)
            hit(offered ? 'choose: offered' : 'choose: not offered')
            this.#acts('condition', plan.claims, s, t)
            return offered
          }),
        ]
      }
      case 'test':
        return [
          words.test(
            'test',
            (s, t) => {
              const yes = isTrue(plan.condition, scope, s, t)
              hit(yes ? 'test: yes' : 'test: no')
              return yes
            },
            this.#nodes(plan.yes, words),
            this.#nodes(plan.no, words),
          ),
        ]
      case 'when':
        return [
          words.when(
            t => {
              const yes = isTrue(plan.condition, scope, undefined, t)
              hit(yes ? 'when: yes' : 'when: no')
              return yes
            },
            this.#nodes(plan.yes, words),
            this.#nodes(plan.no, words),
          ),
        ]
      case 'loop': {
        const name = count()
        const again = (t: object) => {
          hit('loop')
          return (t as Record<string, number>)[name] < plan.times
        }
        const body = [counting(name), ...this.#nodes(plan.body, words)]
        return [
          words.local(t => {
            ;(t as Record<string, number>)[name] = 0
          }),
          words.loop(again, body),
        ]
      }
      case 'local':
        return [
          words.local(t => {
            hit('local')
            for (const write of plan.writes) this.#write(write, undefined, t)
          }),
        ]
      case 'call':
        return this.#call(plan, words)
      case 'ret': {
        const { value } = plan
        if (!value) return [words.ret()]
        return [words.ret(t => evaluate(value, scope, undefined, t))]
      }
      case 'label':
        return [words.label(`label ${this.#label++}`)]
      case 'goto': {
        const name = count()
        if (this.#labels === 0) return []
        const jump = words.goto(`label ${plan.label % this.#labels}`)
        const again = (t: object) => {
          hit('goto')
          return (t as Record<string, number>)[name] < 2
        }
        return [words.when(again, [counting(name), jump])]
      }
      case 'atomic':
        return [words.atomic('nobody looks', this.#nodes(plan.body, words))]
    }
  }

  #call(plan: Extract<NodePlan, { kind: 'call' }>, words: Words): Node[] {
    if (this.bodies.length === 0 || this.#calls === MOST_CALLS) return []
    this.#calls++
    const { hit } = this
    const body = this.bodies[plan.callee % this.bodies.length]
    const callee = plan.hook ? this.hooks[plan.callee % this.bodies.length] : body
    const args = Object.entries(body.params).map(([name, type], i) => {
      const argument = (t: object) => {
        hit(plan.hook ? 'call: hook' : 'call')
        return fitted(type as never, evaluate(plan.args[i], this.#scope, undefined, t), plan.raw)
      }
      return [name, plan.args[i].terms.length === 0 ? fitted(type as never, i, false) : argument]
    })
    const { into } = plan
    if (!into) return [words.call('call', callee, Object.fromEntries(args))]
    return [
      words.call('call', callee, Object.fromEntries(args), (t, value) => {
        hit('call: result')
        const constant = { terms: [{ from: 'constant', index: value }], halved: false } as const
        this.#write({ ...into, value: constant }, undefined, t)
      }),
    ]
  }

  #acts(where: string, acts: readonly Act[], s: object, t: object): void {
    this.hit(where)
    for (const act of acts) this.#act(where, act, s, t)
  }

  #act(where: string, act: Act, s: object, t: object): void {
    if (act.kind === 'write') {
      this.#write(act, s, t)
      return
    }
    const ok = isTrue(act.unless, this.#scope, s, t)
    if (!ok) this.hit(where === 'condition' ? `${act.kind} in condition` : act.kind)
    switch (act.kind) {
      case 'expect':
        expect(assertions[act.name], ok, `expected by ${act.name}`)
        return
      case 'demand':
        demand(assertions[act.name], ok, `demanded by ${act.name}`)
        return
      case 'bound':
        bound(`bound ${act.name}`, ok)
        return
      case 'throw':
        if (!ok) throw new Error(`thrown ${act.name}`)
        return
      case 'whole': {
        const within = this.#scope.shared.filter(({ path, view }) => path.length > 1 && !view)
        const leaf = within[act.leaf % within.length]
        if (ok || !leaf) return
        ;(s as Record<string, unknown>)[leaf.path[0]] = {}
      }
    }
  }

  #write(write: Write, s: object | undefined, t: object): void {
    const scope = this.#scope
    const root = write.to === 'shared' ? s : t
    const leaves = scope[write.to]
    if (leaves.length === 0 || !root) return
    const leaf = leaves[write.leaf % leaves.length]
    this.hit(leaf.view ? 'write: view' : `write: ${write.to} ${leaf.type.kind}`)
    const path = pathOf(leaf, evaluate(write.shift, scope, s, t))
    store(root, path, leaf.type, evaluate(write.value, scope, s, t), write.raw)
  }
}

function flatten(nodes: NodePlans): NodePlan[] {
  return nodes.flatMap(node => {
    const below = 'body' in node ? node.body : 'yes' in node ? [...node.yes, ...node.no] : []
    return [node, ...flatten(below)]
  })
}
