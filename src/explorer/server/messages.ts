import * as v from 'valibot'
import { UsageError } from '../../errors.js'
import { FORMS } from '../hand-out.js'

// Every list and text has an end, so that nobody can keep the server busy with one request.
const steps = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff))),
  v.maxLength(5000, 'has more than 5000 steps'),
)
const initial = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff))
const name = v.pipe(v.string(), v.maxLength(1000))
const run = v.strictObject({
  initial,
  ordinals: steps,
  loop: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000))),
  others: v.optional(v.pipe(v.array(v.strictObject({ initial, ordinals: steps })), v.maxLength(10))),
})

/** What a page may ask, by the name of the question. */
export const MESSAGES = {
  subject: v.strictObject({}),
  place: v.strictObject({ run }),
  search: v.strictObject({ run, property: v.optional(name) }),
  smallest: v.strictObject({ run, property: v.optional(name) }),
  written: v.strictObject({ run, told: v.strictObject({ section: name, box: name, line: name }) }),
  progress: v.strictObject({}),
  cancel: v.strictObject({}),
  'hand-out': v.strictObject({ run, form: v.picklist(FORMS), property: v.optional(name) }),
} as const

/** The question that a text asks. @throws UsageError when it is not JSON, or anything but what is asked for */
export function parsed<const K extends keyof typeof MESSAGES>(
  kind: K,
  text: string,
): v.InferOutput<(typeof MESSAGES)[K]> {
  const checked = v.safeParse(MESSAGES[kind], json(text))
  if (checked.success) return checked.output as v.InferOutput<(typeof MESSAGES)[K]>
  const [issue] = checked.issues
  const where = issue.path?.map(item => String(item.key).slice(0, 40)).join('.') ?? 'the message'
  throw new UsageError(where, issue.message.slice(0, 200), 'load the page again')
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError('the message', 'is not JSON', 'load the page again')
  }
}
