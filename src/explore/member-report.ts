import { ModelError, reasonOf } from '../errors.js'
import type { Exploration, Found, Run } from './result.js'

/** What one member of a team has found. */
export interface MemberReport {
  readonly explored: number
  readonly transitions: number
  readonly terminal: number
  readonly lost: number
  /** Whether some step led to a state that was there before the one it started in. */
  readonly retreats: boolean
  readonly cut: ReadonlyMap<string, number>
  readonly found: ReadonlyMap<string, Found>
  readonly tested: ReadonlySet<string>
  readonly coverage: readonly (readonly number[])[]
  readonly error: MemberError | undefined
}

/** An error in a form that crosses threads. */
export type MemberError =
  | { readonly kind: 'model'; readonly object: string; readonly reason: string; readonly next: string }
  | { readonly kind: 'other'; readonly message: string }

export function describeError(thrown: unknown): MemberError {
  if (!(thrown instanceof ModelError)) return { kind: 'other', message: reasonOf(thrown) }
  const { object, reason, next } = thrown
  return { kind: 'model', object, reason, next }
}

export function errorOf(error: MemberError): Error {
  return error.kind === 'model' ? new ModelError(error.object, error.reason, error.next) : new Error(error.message)
}

/** What several members found, as one: of two violations the shorter, and of two equal ones the same every time. */
export function merge(reports: readonly MemberReport[]): Pick<Exploration, 'cut' | 'found' | 'tested' | 'coverage'> {
  const cut = new Map<string, number>()
  const found = new Map<string, Found>()
  for (const report of reports) {
    for (const [bound, times] of report.cut) cut.set(bound, (cut.get(bound) ?? 0) + times)
    for (const [name, one] of report.found) {
      const other = found.get(name)
      if (!other || comesBefore(one.run, other.run)) found.set(name, one)
    }
  }
  const tested = new Set(reports.flatMap(report => [...report.tested]))
  const coverage = reports[0].coverage.map((steps, t) =>
    steps.map((_, pc) => reports.reduce((sum, report) => sum + (report.coverage[t]?.[pc] ?? 0), 0)),
  )
  return { cut, found, tested, coverage }
}

function comesBefore(a: Run, b: Run): boolean {
  if (a.ordinals.length !== b.ordinals.length) return a.ordinals.length < b.ordinals.length
  const i = a.ordinals.findIndex((ordinal, k) => ordinal !== b.ordinals[k])
  return i >= 0 ? a.ordinals[i] < b.ordinals[i] : a.initial < b.initial
}
