import * as v from 'valibot'
import { FileError } from '../errors.js'
import { readJson } from './read-json.js'
import { isPlainName } from './write-counterexample.js'

const variant = v.object({ kernel: v.string(), patches: v.array(v.string()) })
const schema = v.object({
  bugs: v.array(
    v.object({
      // It names a file.
      id: v.pipe(v.string(), v.check(isPlainName, 'not usable as the name of a file')),
      title: v.string(),
      scenario: v.string(),
      property: v.string(),
      before: variant,
      after: variant,
    }),
  ),
  known: v.array(
    v.object({
      kernel: v.string(),
      patches: v.array(v.string()),
      scenario: v.string(),
      property: v.string(),
      verdict: v.literal('violated'),
      note: v.string(),
    }),
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
}

/** A violation that is known to be there, with the source steps it rests on. */
export interface Known extends Variant {
  readonly scenario: string
  readonly property: string
  readonly verdict: 'violated'
  readonly note: string
}

/** What is expected of whom: the content of `counterexamples/index.json`. */
export interface Expectations {
  readonly bugs: readonly Bug[]
  readonly known: readonly Known[]
}

/** Reads an index of expectations. @throws FileError when it is missing or damaged. */
export function readExpectations(file: string): Expectations {
  const checked = v.safeParse(schema, readJson(file))
  if (checked.success) {
    const ids = checked.output.bugs.map(bug => bug.id)
    const twice = ids.find((id, i) => ids.indexOf(id) !== i)
    if (twice === undefined) return checked.output
    throw new FileError(file, `has two bugs with the id '${twice}'`, 'rename one of them')
  }
  const issue = checked.issues[0]
  const where = issue.path?.map(item => String(item.key)).join('.') ?? 'its content'
  throw new FileError(file, `is damaged at ${where}: ${issue.message}`, 'compare it with docs/formats.md')
}

/** The expected verdict, and why it is expected. Whatever is not listed is expected to hold. */
export function expectationOf(
  expectations: Expectations,
  variant: Variant,
  scenario: string,
  property: string,
): { verdict: 'proved' | 'violated'; note: string } {
  const same = (other: Variant) =>
    other.kernel === variant.kernel && [...other.patches].sort().join() === [...variant.patches].sort().join()
  const known = expectations.known.find(k => same(k) && k.scenario === scenario && k.property === property)
  if (known) return { verdict: 'violated', note: known.note }
  const bug = expectations.bugs.find(b => same(b.before) && b.scenario === scenario && b.property === property)
  return bug ? { verdict: 'violated', note: `${bug.id}: ${bug.title}` } : { verdict: 'proved', note: '' }
}
