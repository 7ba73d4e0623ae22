import * as v from 'valibot'
import { FileError } from '../errors.js'
import { STORE_ORDERS } from '../program/scenario.js'
import { threadOf } from '../system/system.js'
import { type Counterexample, FORMAT } from './counterexample.js'
import { readJson } from './read-json.js'

// Every list has a limit that no real trace comes near, so that a hostile file cannot keep anyone busy.
const text = v.pipe(v.string(), v.maxLength(10_000))
const small = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff))
const list = <const S extends v.GenericSchema>(item: S, most = 1000) => v.pipe(v.array(item), v.maxLength(most))
const path = list(v.union([text, small]), 100)
const change = v.object({ path, name: text, before: text, after: text, ghost: v.boolean() })
const step = v.object({
  number: small,
  thread: text,
  operation: text,
  source: text,
  stack: list(text),
  label: text,
  note: text,
  chosen: v.optional(v.number()),
  changes: list(change, 10_000),
  locals: list(v.object({ name: text, value: text })),
  said: list(text),
  setup: v.boolean(),
})
const run = { initial: small, ordinals: list(small, 100_000) }
const trace = { initially: list(change, 10_000), steps: list(step, 100_000), threads: list(text, 256) }
/** The content of a counterexample file. */
export const counterexampleSchema = v.object({
  format: v.literal('foliocheck-counterexample'),
  version: v.pipe(small, v.minValue(1)),
  kernel: text,
  patches: list(text),
  scenario: text,
  storeOrder: v.optional(v.picklist(STORE_ORDERS)),
  property: text,
  claim: text,
  steps: small,
  preemptions: small,
  shortest: v.boolean(),
  calmest: v.boolean(),
  states: small,
  without: v.object({ threads: list(text, 255), actions: list(v.object({ thread: text, action: small }), 10_000) }),
  trace: v.object({
    ...trace,
    run: v.object({ ...run, loop: v.optional(small), others: v.optional(list(v.object(run), 100)) }),
    loopFrom: v.optional(small),
    others: v.optional(list(v.object({ ...trace, run: v.object(run) }), 100)),
  }),
  why: v.object({
    reason: text,
    lines: v.optional(list(text)),
    evidence: list(
      v.object({ name: text, value: text, writtenAt: v.optional(small), writtenBy: v.optional(text) }),
      10_000,
    ),
  }),
})

/** Reads a counterexample file. @throws FileError when it is missing, damaged, foreign, or of a newer format. */
export function readCounterexample(file: string): Counterexample {
  return counterexampleIn(file, readJson(file))
}

/** The counterexample that a file's JSON is. @throws FileError when it is damaged, foreign, or of a newer format. */
export function counterexampleIn(file: string, parsed: unknown): Counterexample {
  const format = typeof parsed === 'object' && parsed !== null ? (parsed as { format?: unknown }).format : undefined
  if (format !== 'foliocheck-counterexample') {
    throw new FileError(
      file,
      'is not a counterexample of foliocheck',
      'give a file that `foliocheck check --out` wrote',
    )
  }
  const { version } = parsed as { version?: unknown }
  if (typeof version === 'number' && version > FORMAT) {
    throw new FileError(file, `has format version ${version}, newer than ${FORMAT}`, 'update foliocheck')
  }
  const checked = v.safeParse(counterexampleSchema, parsed)
  if (!checked.success) {
    const issue = checked.issues[0]
    const where = issue.path?.map(item => String(item.key)).join('.') ?? 'its content'
    throw damaged(file, where, issue.message)
  }
  const found = checked.output as Counterexample
  checkRun(file, found)
  return found
}

/** The run and the steps tell the same story. @throws FileError */
function checkRun(file: string, { trace, steps }: Counterexample): void {
  const { others = [] } = trace
  if (others.length !== (trace.run.others ?? []).length) {
    throw damaged(file, 'trace.others', `there are ${others.length} of them, and other runs are not as many`)
  }
  for (const { run, steps, threads } of [trace, ...others]) {
    const { ordinals } = run
    if (ordinals.length !== steps.length) {
      throw damaged(file, 'trace.steps', `there are ${steps.length} of them for ${ordinals.length} ordinals`)
    }
    for (const [i, ordinal] of ordinals.entries()) {
      const { thread } = steps[i]
      if (threads[threadOf(ordinal)] !== thread) {
        throw damaged(file, `trace.run.ordinals.${i}`, `${ordinal} is no step of '${thread}'`)
      }
    }
  }
  const own = trace.steps.filter(step => !step.setup).length
  if (own !== steps) throw damaged(file, 'steps', `it says ${steps}, and has ${own}`)
}

function damaged(file: string, where: string, how: string): FileError {
  return new FileError(file, `is damaged at ${where}: ${how}`, 'record it again with `foliocheck check --out`')
}
