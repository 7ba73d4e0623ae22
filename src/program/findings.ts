import type { Finding } from '../system/finding.js'

export type { Finding } from '../system/finding.js'

/**
 * What a step may say about itself while it runs. A recipe calls these functions; whoever executes it reads what was
 * said. They work the same under both executions.
 */

/** A claim that steps test while they run: what the kernel asserts, or what a caller promised. */
export interface Assertion {
  readonly kind: 'assertion'
  readonly name: string
  /** The claim in one sentence, in the words of mm. */
  readonly claim: string
  /** Whether a step has tested it since `forgetTests`. Here rather than in a set: steps write it in the hot loop. */
  tested: boolean
}

/** Ends a transition in its middle; never leaves the executing machine. */
export class Stop {
  constructor(readonly cause: 'fatal' | 'cut') {}
}

const FATAL = new Stop('fatal')
const CUT = new Stop('cut')

/** What the transition that runs now has said. Reused: read it before the next transition. */
export const said: { findings: Finding[]; cut: string } = {
  findings: [],
  cut: '',
}

/** Forgets what was said, so that the next transition starts with nothing. */
export function forget(): void {
  said.findings = []
  said.cut = ''
}

const declared: Assertion[] = []

/** Starts to watch anew which assertions are tested. */
export function forgetTests(): void {
  for (const property of declared) property.tested = false
}

/** Names of the assertions that steps have tested since `forgetTests`. */
export function testedAssertions(): string[] {
  return declared.filter(property => property.tested).map(property => property.name)
}

/** Declares an assertion. */
export function assertion(name: string, claim: string): Assertion {
  const made: Assertion = { kind: 'assertion', name, claim, tested: false }
  declared.push(made)
  return made
}

/** VM_WARN_ON: reports when `ok` is false; the run goes on. Returns `ok`. */
export function expect(property: Assertion, ok: boolean, message = ''): boolean {
  property.tested = true
  if (!ok) said.findings.push({ property, message, fatal: false })
  return ok
}

/** VM_BUG_ON, or a wild access: reports when `ok` is false and ends the run there. */
export function demand(property: Assertion, ok: boolean, message = ''): asserts ok {
  property.tested = true
  if (ok) return
  said.findings.push({ property, message, fatal: true })
  throw FATAL
}

/**
 * Bounds the model: when `within` is false this transition is left out, and every `proved` of the run becomes
 * `holds up to`, naming `bound`.
 */
export function bound(name: string, within: boolean): void {
  if (within) return
  said.cut = name
  throw CUT
}
