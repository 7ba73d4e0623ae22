import * as v from 'valibot'
import { FileError } from '../errors.js'
import type { DeadExpected } from './dead-steps.js'
import { readJson } from './read-json.js'
import type { Verdict } from './verdict.js'
import { isPlainName } from './write-counterexample.js'

// It names a file, or a heading.
const id = v.pipe(v.string(), v.check(isPlainName, 'not usable as the name of a file'))
const variant = v.object({ kernel: v.string(), patches: v.array(v.string()) })
/** A known violation, as the index and the reports have it. */
export const knownSchema = v.object({
  kernel: v.string(),
  patches: v.array(v.string()),
  scenario: v.string(),
  property: v.string(),
  verdict: v.literal('violated'),
  note: v.string(),
  finding: v.optional(id),
})
const schema = v.object({
  bugs: v.array(
    v.object({
      id,
      title: v.string(),
      scenario: v.string(),
      property: v.string(),
      before: variant,
      after: variant,
      finding: v.optional(id),
    }),
  ),
  known: v.array(knownSchema),
  dead: v.optional(
    v.array(
      v.object({
        kernel: v.optional(v.string()),
        operation: v.string(),
        step: v.string(),
        note: v.pipe(v.string(), v.minLength(1)),
      }),
    ),
    [],
  ),
  findings: v.optional(
    v.array(
      v.object({
        id,
        title: v.string(),
        about: v.string(),
        steps: v.pipe(v.array(v.string()), v.minLength(1)),
        harmless: v.string(),
        confirm: v.string(),
        patches: v.optional(v.array(v.string()), []),
      }),
    ),
    [],
  ),
})

/** A kernel with patches. */
export interface Variant {
  readonly kernel: string
  readonly patches: readonly string[]
}

/** A real bug: found on the code before its fix, gone after it. */
export interface Bug {
  readonly id: string
  readonly title: string
  readonly scenario: string
  readonly property: string
  readonly before: Variant
  readonly after: Variant
  /** The id of the finding that the code before the fix belongs to. */
  readonly finding?: string | undefined
}

/** A violation that is known to be there, with the source steps it rests on. With `*` in a name it stands for several. */
export interface Known extends Variant {
  readonly scenario: string
  readonly property: string
  readonly verdict: 'violated'
  readonly note: string
  /** The id of the finding that it belongs to. */
  readonly finding?: string | undefined
}

/** One cause of known violations, as it would be reported. */
export interface Finding {
  readonly id: string
  readonly title: string
  /** What goes wrong, in a paragraph. */
  readonly about: string
  /** The source steps that it rests on: file and function, and what they do. */
  readonly steps: readonly string[]
  /** The assumption under which it does no harm. */
  readonly harmless: string
  /** What would confirm it on a machine. */
  readonly confirm: string
  /** Patches that remove it, if there are any. */
  readonly patches: readonly string[]
}

/** What is expected of whom: the content of `counterexamples/index.json`. */
export interface Expectations {
  readonly bugs: readonly Bug[]
  readonly known: readonly Known[]
  readonly findings: readonly Finding[]
  readonly dead: readonly DeadExpected[]
}

/** Reads an index of expectations. @throws FileError when it is missing or damaged. */
export function readExpectations(file: string): Expectations {
  const checked = v.safeParse(schema, readJson(file))
  if (checked.success) {
    refuseTwins(file, 'bugs', checked.output.bugs)
    refuseTwins(file, 'findings', checked.output.findings)
    refuseLoose(file, checked.output)
    return checked.output
  }
  const issue = checked.issues[0]
  const where = issue.path?.map(item => String(item.key)).join('.') ?? 'its content'
  throw new FileError(file, `is damaged at ${where}: ${issue.message}`, 'compare it with docs/formats.md')
}

/** @throws FileError when two have one id. */
function refuseTwins(file: string, kind: string, items: readonly { readonly id: string }[]): void {
  const ids = items.map(item => item.id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new FileError(file, `has two ${kind} with the id '${twice}'`, 'rename one of them')
}

/** @throws FileError when a violation belongs to a finding that is not there, or a finding has no violation. */
function refuseLoose(file: string, { bugs, known, findings }: Expectations): void {
  const ids = findings.map(finding => finding.id)
  const used = [...bugs, ...known].flatMap(({ finding }) => finding ?? [])
  const unknown = used.find(id => !ids.includes(id))
  if (unknown !== undefined) {
    throw new FileError(file, `names the finding '${unknown}', which it does not describe`, 'add it to its findings')
  }
  const idle = ids.find(id => !used.includes(id))
  if (idle !== undefined) {
    throw new FileError(file, `describes the finding '${idle}', to which no known violation belongs`, 'remove it')
  }
}

/** Whether an expected violation stands for every scenario and property that its pattern fits. */
export function isPattern({ scenario, property }: Known): boolean {
  return scenario.includes('*') || property.includes('*')
}

/** Whether a name is the one given, in which `*` stands for any number of characters. */
function matches(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return name === pattern
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  const middle = name.slice(0, name.length - last.length)
  for (const part of rest) {
    const found = middle.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return true
}

/** Whether an expected violation is about this property of this scenario. */
export function isAbout(known: Known, { scenario, property }: Pick<Known, 'scenario' | 'property'>): boolean {
  return matches(known.scenario, scenario) && matches(known.property, property)
}

/** Whether two kernels with patches are the same. */
export function sameVariant(a: Variant, b: Variant): boolean {
  return a.kernel === b.kernel && [...a.patches].sort().join() === [...b.patches].sort().join()
}

/**
 * The expected verdict, and why it is expected. Whatever is not listed is expected to hold. What only a pattern fits may
 * hold or be violated: expected is then what was found.
 */
export function expectationOf(
  expectations: Expectations,
  variant: Variant,
  found: { readonly scenario: string; readonly property: string; readonly verdict: Verdict },
): { verdict: 'proved' | 'violated'; note: string } {
  const { exactly, bug, pattern } = listed(expectations, variant, found)
  if (exactly) return { verdict: 'violated', note: exactly.note }
  if (bug) return { verdict: 'violated', note: `${bug.id}: ${bug.title}` }
  return pattern && found.verdict === 'violated'
    ? { verdict: 'violated', note: pattern.note }
    : { verdict: 'proved', note: '' }
}

/** The id of the finding that a violation belongs to, if it belongs to one. */
export function findingOf(
  expectations: Expectations,
  variant: Variant,
  found: Pick<Known, 'scenario' | 'property'>,
): string | undefined {
  const { exactly, bug, pattern } = listed(expectations, variant, found)
  return (exactly ?? bug ?? pattern)?.finding
}

/** What the index says of a property of a scenario on a kernel. */
function listed(
  { known, bugs }: Expectations,
  variant: Variant,
  found: Pick<Known, 'scenario' | 'property'>,
): { readonly exactly: Known | undefined; readonly bug: Bug | undefined; readonly pattern: Known | undefined } {
  const { scenario, property } = found
  const here = known.filter(k => sameVariant(k, variant) && isAbout(k, found))
  return {
    exactly: here.find(k => !isPattern(k)),
    bug: bugs.find(b => sameVariant(b.before, variant) && b.scenario === scenario && b.property === property),
    pattern: here.find(isPattern),
  }
}
