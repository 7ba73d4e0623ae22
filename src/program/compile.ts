import { ModelError } from '../errors.js'
import { record } from '../state/schema.js'
import { ORDINAL_VALUES } from '../system/system.js'
import type { CallFrame, Code, LeaveNode, ThreadCode, VisibleNode } from './code.js'
import { bodyOf, type Kernel } from './kernel.js'
import type { Argument, LocalRecipe, Node } from './node.js'
import type { Operation } from './operation.js'
import type { Action, StoreOrder, Thread } from './scenario.js'

const MAX_DEPTH = 32
/** Steps of a thread, its end included: what two bytes can number. */
const MAX_STEPS = 0x10000

/** Compiles a thread's calls into one control-flow graph; every call is laid out in place. */
export function compileThread(kernel: Kernel, thread: Thread, storeOrder: StoreOrder): ThreadCode {
  const compiler = new Compiler(kernel, thread.name, storeOrder !== 'sc')
  return compiler.thread(thread)
}

/** The places a node may jump to within one operation body. */
interface Scope {
  readonly frame: CallFrame
  readonly region: number
  readonly leave: (value: LocalRecipe<unknown> | undefined) => Code
  readonly labels: Map<string, Code>
  readonly gotos: { name: string; patch: (code: Code) => void }[]
}

class Compiler {
  readonly #steps: VisibleNode[] = []
  #regions = 0
  #depth = 0

  constructor(
    readonly kernel: Kernel,
    readonly name: string,
    /** Whether barriers do anything: not where every store is visible at once. */
    readonly barriers: boolean,
  ) {}

  thread(thread: Thread): ThreadCode {
    const root: CallFrame = {
      operation: thread.name,
      source: '',
      type: record({}),
      depth: 0,
      caller: undefined,
      action: undefined,
    }
    const scope: Scope = { frame: root, region: 0, leave: () => end, labels: new Map(), gotos: [] }
    // The body is compiled back to front, so that every node is made with its successor at hand.
    const end: Code = { kind: 'end', pc: 0, label: 'end', note: '', frame: root, region: 0 }
    let entry: Code = end
    for (const [number, action] of [...thread.actions.entries()].reverse()) {
      entry = this.#call(action, number, scope, entry)
    }
    if (this.#steps.length >= MAX_STEPS) {
      throw new ModelError(`thread ${thread.name}`, `has ${this.#steps.length} steps`, `use fewer than ${MAX_STEPS}`)
    }
    const numbered = this.#steps.reverse().map((node, pc) => Object.assign(node, { pc }))
    const last = Object.assign(end, { pc: numbered.length })
    return { name: thread.name, daemon: thread.daemon, entry, steps: [...numbered, last], depth: this.#depth }
  }

  #call(action: Action, number: number, scope: Scope, next: Code): Code {
    const { callee, args } = action
    return this.#enter(callee.name, bodyOf(this.kernel, callee), args, undefined, scope, next, number)
  }

  #enter(
    label: string,
    operation: Operation,
    args: Readonly<Record<string, Argument>>,
    into: LeaveNode['into'],
    scope: Scope,
    next: Code,
    action?: number,
  ): Code {
    const depth = scope.frame.depth + 1
    if (depth > MAX_DEPTH) {
      throw new ModelError(`operation ${operation.name}`, 'calls itself without end', 'unroll the recursion')
    }
    this.#depth = Math.max(this.#depth, depth)
    const callee: CallFrame = {
      operation: operation.name,
      source: operation.source,
      type: operation.frame,
      depth,
      caller: scope.frame,
      action,
    }
    const names = Object.keys(operation.params)
    for (const name of Object.keys(args)) {
      if (!(name in operation.frame.fields)) {
        throw new ModelError(
          `call '${label}' in ${scope.frame.operation}`,
          `passes '${name}', which ${operation.name} of ${this.kernel.name} does not take`,
          `it takes ${names.join(', ') || 'nothing'}`,
        )
      }
    }
    const inner: Scope = {
      frame: callee,
      region: scope.region,
      leave: value => ({ kind: 'leave', frame: callee, region: scope.region, value, into, next }),
      labels: new Map(),
      gotos: [],
    }
    const entry = this.#sequence(operation.body, inner, inner.leave(undefined))
    for (const { name, patch } of inner.gotos) {
      const target = inner.labels.get(name)
      if (!target) {
        throw new ModelError(
          `operation ${operation.name}`,
          `has a goto to '${name}', which is not a label in it`,
          'add it',
        )
      }
      patch(target)
    }
    const params = Object.entries(args).map(([name, value]) => ({ name, value: asRecipe(value) }))
    return { kind: 'enter', frame: scope.frame, region: scope.region, callee, params, next: entry }
  }

  #sequence(nodes: readonly Node[], scope: Scope, next: Code): Code {
    let entry = next
    for (let i = nodes.length - 1; i >= 0; i--) entry = this.#node(nodes[i], scope, entry)
    return entry
  }

  #visible<T extends VisibleNode>(node: T): T {
    this.#steps.push(node)
    return node
  }

  #node(node: Node, scope: Scope, next: Code): Code {
    const { frame, region } = scope
    switch (node.kind) {
      case 'choose':
        if (node.values.length < 1 || node.values.length > ORDINAL_VALUES) {
          throw new ModelError(
            `${frame.operation} step '${node.label}'`,
            `offers ${node.values.length} values`,
            `offer 1 to ${ORDINAL_VALUES}`,
          )
        }
        return this.#visible({ ...node, frame, region, pc: 0, next })
      case 'step':
        if (!this.barriers && (node.access === 'mb' || node.access === 'wmb')) return next
        return this.#visible({ ...node, frame, region, pc: 0, next })
      case 'wait':
        return this.#visible({ ...node, frame, region, pc: 0, next })
      case 'test':
        return this.#visible({
          ...node,
          frame,
          region,
          pc: 0,
          yes: this.#sequence(node.yes, scope, next),
          no: this.#sequence(node.no, scope, next),
        })
      case 'when':
        return {
          kind: 'when',
          frame,
          region,
          condition: node.condition,
          yes: this.#sequence(node.yes, scope, next),
          no: this.#sequence(node.no, scope, next),
        }
      case 'loop': {
        const head: Code = { kind: 'when', frame, region, condition: node.condition, yes: next, no: next }
        head.yes = this.#sequence(node.body, scope, head)
        return head
      }
      case 'local':
        return { kind: 'local', frame, region, run: node.run, next }
      case 'call':
        return this.#enter(node.label, bodyOf(this.kernel, node.callee), node.args, node.into, scope, next)
      case 'return':
        return scope.leave(node.value)
      case 'label': {
        if (scope.labels.has(node.name)) {
          throw new ModelError(`operation ${frame.operation}`, `has the label '${node.name}' twice`, 'rename one')
        }
        scope.labels.set(node.name, next)
        return next
      }
      case 'goto': {
        const jump: Code = { kind: 'local', frame, region, run: () => undefined, next }
        scope.gotos.push({
          name: node.name,
          patch: target => {
            jump.next = target
          },
        })
        return jump
      }
      case 'atomic': {
        if (region > 0) return this.#sequence(node.body, scope, next)
        this.#regions += 1
        // Leaving is a node of its own, so that a loop around the region does not run on inside it.
        const left: Code = { kind: 'local', frame, region: 0, run: () => undefined, next }
        return this.#sequence(node.body, { ...scope, region: this.#regions }, left)
      }
    }
  }
}

function asRecipe(value: Argument): LocalRecipe<unknown> {
  return typeof value === 'function' ? value : () => value
}
