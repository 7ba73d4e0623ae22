import type { ScenarioResult } from './check-scenario.js'
import type { BranchCoverage, OrderCoverage, StepCoverage } from './coverage.js'
import { type DeadExpected, expectedDead } from './dead-steps.js'
import type { Variant } from './expectations.js'
import { grouped } from './groups.js'

/** A step that no run of any scenario has taken. */
export interface UntakenStep {
  readonly step: string
  /** Why that is expected; null when it is not. */
  readonly note: string | null
}

/** What all scenarios of a kernel together have shown of one operation. */
export interface OperationTotal {
  readonly operation: string
  readonly source: string
  /** How many scenarios run it. */
  readonly scenarios: number
  readonly steps: readonly StepCoverage[]
  /** Steps that were never taken. They are dead where `whole`; else a run that was not searched may take them. */
  readonly untaken: readonly UntakenStep[]
  /** Whether each of these scenarios was searched to its end. */
  readonly whole: boolean
  /** Null when no scenario was looked at for them. */
  readonly branches: readonly BranchCoverage[] | null
  /** Ordered pairs of one of its steps and a step of another thread before which both ever stood. */
  readonly orders: { readonly taken: number; readonly possible: number } | null
}

/** The coverage of one kernel. */
export interface KernelCoverage extends Variant {
  readonly operations: readonly OperationTotal[]
  /** Scenarios of which branches and orders are not known, or only some, each with the reason. */
  readonly caveats: readonly { readonly scenario: string; readonly reason: string }[]
  /** Steps that are expected to be dead, of operations that were run, and were taken or are not there. */
  readonly stale: readonly DeadExpected[]
}

/** The coverage of each kernel that was checked, from all of its scenarios. */
export function kernelCoverage(
  results: readonly ScenarioResult[],
  dead: readonly DeadExpected[],
): readonly KernelCoverage[] {
  const kernels = grouped(results, ({ kernel, patches }) => JSON.stringify([kernel, patches]))
  return [...kernels.values()].map(of => {
    const { kernel, patches } = of[0]
    const here = dead.filter(entry => entry.kernel === undefined || entry.kernel === kernel)
    const operations = totals(of, here)
    return {
      kernel,
      patches,
      operations,
      caveats: of.flatMap(({ scenario, coverage }) =>
        coverage.caveat === '' ? [] : [{ scenario, reason: coverage.caveat }],
      ),
      stale: here.filter(entry => operations.some(total => isStale(total, entry))),
    }
  })
}

/** Whether an operation that was run took a step that is expected to be dead, or has none of that label. */
function isStale({ operation, untaken }: OperationTotal, entry: DeadExpected): boolean {
  return operation === entry.operation && !untaken.some(({ step }) => step === entry.step)
}

function totals(results: readonly ScenarioResult[], dead: readonly DeadExpected[]): OperationTotal[] {
  const orders = ordersByFirst(results)
  const parts = results.flatMap(({ coverage }) => coverage.operations.map(part => ({ part, whole: coverage.whole })))
  return [...grouped(parts, ({ part }) => part.operation)].map(([operation, of]) => {
    const steps = new Map<string, number>()
    const branches = new Map<string, BranchCoverage>()
    for (const { part } of of) {
      for (const { label, times } of part.steps) steps.set(label, (steps.get(label) ?? 0) + times)
      for (const branch of part.branches ?? []) {
        const key = `${branch.step}\n${branch.branch}`
        branches.set(key, { ...branch, taken: branch.taken || (branches.get(key)?.taken ?? false) })
      }
    }
    return {
      operation,
      source: of[0].part.source,
      scenarios: of.length,
      steps: [...steps].map(([label, times]) => ({ label, times })),
      untaken: [...steps].flatMap(([step, times]) =>
        times > 0 ? [] : [{ step, note: expectedDead(dead, operation, step)?.note ?? null }],
      ),
      whole: of.every(({ whole }) => whole),
      branches: of.some(({ part }) => part.branches) ? [...branches.values()] : null,
      orders: orders && (orders.get(operation) ?? { taken: 0, possible: 0 }),
    }
  })
}

/** Pairs of steps by the operation of the first; null when no scenario was looked at for them. */
function ordersByFirst(
  results: readonly ScenarioResult[],
): ReadonlyMap<string, { taken: number; possible: number }> | null {
  const all = results.flatMap(({ coverage }) => coverage.orders ?? [])
  if (results.every(({ coverage }) => coverage.orders === null)) return null
  const sums = new Map<string, { taken: number; possible: number }>()
  const distinct = (parts: readonly OrderCoverage[], of: (part: OrderCoverage) => readonly string[]) =>
    new Set(parts.flatMap(of)).size
  for (const parts of grouped(all, ({ first, second }) => `${first}\n${second}`).values()) {
    const sum = sums.get(parts[0].first) ?? { taken: 0, possible: 0 }
    sum.taken += distinct(parts, ({ taken }) => taken.map(([a, b]) => `${a}\n${b}`))
    sum.possible += distinct(parts, part => part.firstStood) * distinct(parts, part => part.secondStood)
    sums.set(parts[0].first, sum)
  }
  return sums
}
