import type { KernelCoverage, OperationTotal } from '../../check/kernel-coverage.js'
import type { CoverageData, OperationCoverage } from '../../page/data.js'
import { printable } from '../wrap.js'
import { kernelText } from './story.js'

/** The coverage of a kernel as the page shows it. */
export function coverageDataOf(coverage: KernelCoverage): CoverageData {
  return {
    kernel: kernelText({ ...coverage, storeOrder: undefined }),
    operations: coverage.operations.map(operationOf),
    caveats: coverage.caveats.map(({ scenario, reason }) => printable(`${scenario}: ${reason}`)),
  }
}

function operationOf(total: OperationTotal): OperationCoverage {
  const { operation, source, scenarios, steps, branches, orders, untaken, whole } = total
  const unsearched = whole ? '' : ' (not all was searched)'
  const dead = new Set(untaken.map(({ step }) => step))
  const idle = (branches ?? []).filter(({ step, taken }) => !taken && !dead.has(step))
  return {
    name: printable(operation),
    source: printable(source),
    scenarios,
    steps: [steps.length - untaken.length, steps.length],
    branches: branches && [branches.filter(({ taken }) => taken).length, branches.length],
    orders: orders && [orders.taken, orders.possible],
    never: [
      ...untaken.map(({ step, note }) =>
        printable(note === null ? `${step}${unsearched}` : `${step}: expected, ${note}`),
      ),
      ...idle.map(({ step, branch }) => printable(`${step}: ${branch}`)),
    ],
  }
}
