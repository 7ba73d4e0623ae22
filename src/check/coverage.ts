import type { Answers, Seen } from '../explore/seen.js'
import type { ChooseNode, Code, TestNode, WaitNode, WhenNode } from '../program/code.js'
import { nodesFrom } from '../program/graph.js'
import type { Program } from '../program/program.js'
import { decisionNames } from './decision-names.js'

/** How often a step of an operation ran; steps of one label count as one. */
export interface StepCoverage {
  readonly label: string
  /** In all threads and from all states; some states are expanded twice, and count twice. */
  readonly times: number
}

/** One way on from a step, or from a decision on locals. */
export interface BranchCoverage {
  /** The step's label, or where the decision stands. */
  readonly step: string
  /** `yes` and `no`; of a choice the value; of a wait `ready` and `not ready`, when a thread stood before it. */
  readonly branch: string
  readonly taken: boolean
}

/** What a search has shown of one operation. */
export interface OperationCoverage {
  readonly operation: string
  /** The kernel file that it mirrors. */
  readonly source: string
  readonly steps: readonly StepCoverage[]
  /** Null unless all states were looked at once more. */
  readonly branches: readonly BranchCoverage[] | null
}

/** Which step came first, where one thread runs `first` and another one `second`. */
export interface OrderCoverage {
  readonly first: string
  readonly second: string
  /** Pairs of labels: a thread took the one while another thread stood before the other. */
  readonly taken: readonly (readonly [string, string])[]
  /** Labels of `first` and of `second` before which such threads ever stood. */
  readonly firstStood: readonly string[]
  readonly secondStood: readonly string[]
}

/** What a search of one scenario has shown of its operations. */
export interface ScenarioCoverage {
  readonly operations: readonly OperationCoverage[]
  /** Null unless all states were looked at once more. */
  readonly orders: readonly OrderCoverage[] | null
  /** Whether every state of the model was explored: what was not taken then cannot be. */
  readonly whole: boolean
  /** Why branches and orders are not known, or are only some of those there are; else empty. */
  readonly caveat: string
}

/** The coverage of a scenario's operations. */
export function coverageOf(
  program: Program,
  times: readonly (readonly number[])[],
  seen: Seen | undefined,
  { whole, caveat }: Pick<ScenarioCoverage, 'whole' | 'caveat'>,
): ScenarioCoverage {
  const operations = new Map<string, { source: string; steps: Map<string, number>; branches: Map<string, Branch> }>()
  const of = ({ frame }: Code) => {
    const known = operations.get(frame.operation)
    const made = known ?? { source: frame.source, steps: new Map(), branches: new Map() }
    if (!known) operations.set(frame.operation, made)
    return made
  }
  program.threads.forEach((thread, t) => {
    thread.steps.forEach((code, pc) => {
      if (code.kind === 'end') return
      const { steps } = of(code)
      steps.set(code.label, (steps.get(code.label) ?? 0) + (times[t]?.[pc] ?? 0))
    })
  })
  const names = decisionNames(program)
  for (const node of seen ? program.threads.flatMap(({ entry }) => nodesFrom(entry)) : []) {
    for (const branch of branchesOf(node, names, seen)) {
      const { branches } = of(node)
      const key = `${branch.step}\n${branch.branch}`
      branches.set(key, { ...branch, taken: branch.taken || (branches.get(key)?.taken ?? false) })
    }
  }
  return {
    operations: [...operations].map(([operation, { source, steps, branches }]) => ({
      operation,
      source,
      steps: [...steps].map(([label, times]) => ({ label, times })),
      branches: seen ? [...branches.values()] : null,
    })),
    orders: seen ? ordersOf(program, seen) : null,
    whole,
    caveat,
  }
}

type Branch = BranchCoverage

function branchesOf(node: Code, names: ReadonlyMap<unknown, string>, seen: Seen | undefined): Branch[] {
  switch (node.kind) {
    case 'test':
      return both(node.label, ['yes', 'no'], seen?.decisions.get(node satisfies TestNode))
    case 'when':
      return both(
        names.get(node.condition) ?? 'a decision',
        ['yes', 'no'],
        seen?.decisions.get(node satisfies WhenNode),
      )
    case 'wait':
      return both(node.label, ['ready', 'not ready'], seen?.waits.get(node satisfies WaitNode))
    case 'choose': {
      const chosen = seen?.chosen.get(node satisfies ChooseNode)
      return node.values.map(value => ({ step: node.label, branch: `${value}`, taken: chosen?.has(value) ?? false }))
    }
    default:
      return []
  }
}

function both(step: string, [yes, no]: readonly [string, string], answers: Answers | undefined): Branch[] {
  return [
    { step, branch: yes, taken: answers?.yes ?? false },
    { step, branch: no, taken: answers?.no ?? false },
  ]
}

function ordersOf(program: Program, { orders, stood }: Seen): OrderCoverage[] {
  interface Entry {
    readonly first: string
    readonly second: string
    readonly taken: Map<string, readonly [string, string]>
    readonly firstStood: Set<string>
    readonly secondStood: Set<string>
  }
  const all = new Map<string, Entry>()
  const places = program.threads.map(({ steps }, t) =>
    steps.flatMap((code, pc) => (code.kind !== 'end' && stood[t][pc] ? [code] : [])),
  )
  const setup = program.setup ? 1 : 0
  places.forEach((firsts, t) => {
    places.forEach((seconds, u) => {
      if (t === u || t < setup || u < setup) return
      const width = program.threads[u].steps.length
      for (const a of firsts) {
        for (const b of seconds) {
          const first = a.frame.operation
          const second = b.frame.operation
          const key = `${first}\n${second}`
          const known = all.get(key)
          const entry = known ?? { first, second, taken: new Map(), firstStood: new Set(), secondStood: new Set() }
          if (!known) all.set(key, entry)
          entry.firstStood.add(a.label)
          entry.secondStood.add(b.label)
          if (orders[t][u][a.pc * width + b.pc]) entry.taken.set(`${a.label}\n${b.label}`, [a.label, b.label])
        }
      }
    })
  })
  return [...all.values()].map(({ first, second, taken, firstStood, secondStood }) => ({
    first,
    second,
    taken: [...taken.values()],
    firstStood: [...firstStood],
    secondStood: [...secondStood],
  }))
}
