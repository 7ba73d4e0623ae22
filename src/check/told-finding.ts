import type { Counterexample } from './counterexample.js'
import { type Expectations, type Finding, findingOf } from './expectations.js'
import type { Row } from './rows.js'

/** What remains of a finding when the patches are applied that are to remove it. */
export interface Remedy {
  readonly patches: readonly string[]
  /** Violations of the finding that are gone, and those that are not. */
  readonly gone: readonly Row[]
  readonly left: readonly Row[]
}

/** A finding with what a check has shown of it. */
export interface ToldFinding {
  readonly finding: Finding
  /** Its violations, the one with the fewest steps first. */
  readonly rows: readonly Row[]
  /** The smallest of them in full. */
  readonly trace: Counterexample | undefined
  readonly remedy: Remedy | undefined
}

/** Violations by finding, each with the one of the fewest steps first; and those that belong to none. */
export function byFinding(
  rows: readonly Row[],
  expectations: Expectations,
): { readonly told: readonly { finding: Finding; rows: readonly Row[] }[]; readonly others: readonly Row[] } {
  const ofRow = (row: Row) => findingOf(expectations, row, row)
  const violated = rows.filter(row => row.verdict === 'violated').sort((a, b) => (a.steps ?? 0) - (b.steps ?? 0))
  const told = expectations.findings
    .map(finding => ({ finding, rows: violated.filter(row => ofRow(row) === finding.id) }))
    .filter(group => group.rows.length > 0)
  return { told, others: violated.filter(row => ofRow(row) === undefined) }
}

/** Compares the violations of a finding with the rows of the same scenarios after patches. */
export function remedyOf(patches: readonly string[], before: readonly Row[], after: readonly Row[]): Remedy {
  const remains = (row: Row) =>
    after.some(a => a.scenario === row.scenario && a.property === row.property && a.verdict === 'violated')
  return { patches, gone: before.filter(row => !remains(row)), left: before.filter(remains) }
}
