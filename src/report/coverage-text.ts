import Table from 'cli-table3'
import type { KernelCoverage, OperationTotal } from '../check/kernel-coverage.js'
import { count, many } from '../numbers.js'
import { BORDERLESS } from './borderless.js'
import { paragraph, printable } from './wrap.js'

/** Branches and orders of steps that were taken, as a table by operation, and then what never was. */
export function coverageText(coverage: KernelCoverage, width: number): string[] {
  const { kernel, patches, operations, caveats } = coverage
  return [
    `coverage   kernel ${[kernel, ...patches].join(' + ')}`,
    '',
    ...table(operations),
    '',
    ...operations.flatMap(total => neverText(total, width)),
    ...caveatText(caveats, width),
  ]
}

/** Steps that no run takes, though nothing says that this is expected; and what is expected and no longer so. */
export function deadText({ operations, stale }: KernelCoverage, width: number): string[] {
  const lines = operations.flatMap(({ operation, source, untaken, whole }) =>
    whole
      ? untaken
          .filter(({ note }) => note === null)
          .flatMap(({ step }) => paragraph('  dead          ', `${operation}: ${step} (${source})`, width))
      : [],
  )
  const old = stale.flatMap(({ operation, step }) =>
    paragraph('  dead          ', `${operation}: ${step} is expected to be dead, and is not`, width),
  )
  return [...lines, ...old]
}

function table(operations: readonly OperationTotal[]): string[] {
  const rows = new Table({
    head: ['operation', 'file', 'steps', 'branches', 'orders'],
    chars: BORDERLESS,
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right'],
  })
  for (const { operation, source, steps, branches, orders } of operations) {
    rows.push([
      printable(operation),
      printable(source),
      share(steps.filter(({ times }) => times > 0).length, steps.length),
      branches ? share(branches.filter(({ taken }) => taken).length, branches.length) : '·',
      orders ? share(orders.taken, orders.possible) : '·',
    ])
  }
  return rows
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
}

function share(part: number, whole: number): string {
  return whole === 0 ? '·' : `${count(part)}/${count(whole)}`
}

/** What of an operation was never taken: steps, and branches of steps that were. */
function neverText(
  { operation, source, untaken, branches, whole, scenarios }: OperationTotal,
  width: number,
): string[] {
  const dead = new Set(untaken.map(({ step }) => step))
  const idle = (branches ?? []).filter(({ step, taken }) => !taken && !dead.has(step))
  if (untaken.length === 0 && idle.length === 0) return []
  const what = whole ? '' : '; not all was searched'
  return [
    ...paragraph('  ', `${operation} (${source}; ${many(scenarios, 'scenario')}${what})`, width),
    ...untaken.flatMap(({ step, note }) =>
      paragraph('    never taken  ', `${step}${note === null ? '' : `: expected, ${note}`}`, width),
    ),
    ...idle.flatMap(({ step, branch }) => paragraph('    never        ', `${step}: ${branch}`, width)),
  ].map(printable)
}

function caveatText(caveats: KernelCoverage['caveats'], width: number): string[] {
  const reasons = [...new Set(caveats.map(({ reason }) => reason))]
  return reasons.flatMap(reason => {
    const names = caveats.filter(caveat => caveat.reason === reason).map(({ scenario }) => scenario)
    return paragraph('  more may be possible  ', `${reason}: ${names.join(', ')}`, width)
  })
}
