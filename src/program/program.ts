import { ModelError, reasonOf } from '../errors.js'
import { checked } from '../state/checked.js'
import { defaultOf } from '../state/plain.js'
import type { RecordType, ValueOf } from '../state/schema.js'
import type { ThreadCode } from './code.js'
import { compileThread } from './compile.js'
import { forget, Stop, said } from './findings.js'
import { type Kernel, withOperations } from './kernel.js'
import type { Scenario } from './scenario.js'
import { withStoreOrder } from './store-order.js'

/** A scenario on a kernel, compiled: what the two executions run. */
export interface Program {
  readonly kernel: Kernel
  readonly scenario: Scenario
  readonly threads: readonly ThreadCode[]
  /** Whether thread 0 is the setup, which runs alone until it has ended. */
  readonly setup: boolean
  /** Plain initial states of the shared part. */
  readonly initial: readonly ValueOf<RecordType>[]
}

/** The name of the thread that runs a scenario's setup. */
export const SETUP = 'setup'

/**
 * Compiles a scenario on a kernel. The kernel's own version of an operation wins over the scenario's, so that patches
 * reach both. @throws ModelError when an operation is missing or an initial state is wrong.
 */
export function compile(kernel: Kernel, made: Scenario): Program {
  const { kernel: ordered, scenario } = withStoreOrder(kernel, made)
  const own = scenario.operations.filter(operation => !kernel.operations.has(operation.name))
  const complete = bindHooks(withOperations(ordered, own), scenario)
  const setup = scenario.setup.length > 0
  const threads = setup
    ? [{ name: SETUP, actions: scenario.setup, daemon: false }, ...scenario.threads]
    : scenario.threads
  const initial = scenario.initial.map((prepare, i) => prepared(scenario, prepare, i + 1))
  const compiled = threads.map(thread => compileThread(complete, thread, scenario.storeOrder))
  return { kernel, scenario, setup, initial, threads: compiled }
}

function prepared(scenario: Scenario, prepare: (s: never) => void, number: number): ValueOf<RecordType> {
  const state = defaultOf(scenario.schema)
  let reason = ''
  try {
    prepare(checked(scenario.schema, state) as never)
    if (said.findings.length === 0) return state
    reason = 'asserts something'
  } catch (thrown) {
    reason = thrown instanceof Stop ? 'demands or bounds something' : `threw: ${reasonOf(thrown)}`
  } finally {
    forget()
  }
  throw new ModelError(
    `scenario ${scenario.name}`,
    `its initial state ${number} ${reason}`,
    'fix the recipe under initial',
  )
}

/**
 * Makes each hook's name lead to the operation it is bound to. A hook whose operation this kernel lacks stays unbound,
 * as hooks come and go with versions; a call of it is then an error.
 */
function bindHooks(kernel: Kernel, scenario: Scenario): Kernel {
  const operations = new Map(kernel.operations)
  for (const [hook, ref] of Object.entries(scenario.bind)) {
    const bound = kernel.operations.get(ref.name)
    if (bound) operations.set(hook, bound)
  }
  return { ...kernel, operations }
}
