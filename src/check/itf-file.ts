import * as v from 'valibot'
import { FileError } from '../errors.js'
import { counterexampleSchema } from './counterexample-file.js'

const { kernel, patches, scenario, storeOrder, property, without, trace } = counterexampleSchema.entries
const origin = v.object({ kernel, patches, scenario, storeOrder, property, without, run: trace.entries.run })
const schema = v.object({
  '#meta': v.object({ format: v.literal('ITF'), foliocheck: v.optional(origin) }),
  vars: v.pipe(v.array(v.string()), v.maxLength(1000)),
  states: v.pipe(v.array(v.record(v.string(), v.unknown())), v.minLength(1), v.maxLength(100_001)),
  loop: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
})

/** What foliocheck says in a trace of its own: what it is a run of, and which steps it takes. */
export type ItfOrigin = v.InferOutput<typeof origin>

/** A trace in the Informal Trace Format. */
export interface ItfTrace {
  /** Undefined for a trace from elsewhere. */
  readonly origin: ItfOrigin | undefined
  readonly vars: readonly string[]
  /** By variable; at least one. Values are of any shape. */
  readonly states: readonly Readonly<Record<string, unknown>>[]
  /** Of a run that goes on for ever: the state that comes after the last one. */
  readonly loop: number | undefined
}

/** Whether a file's JSON says that it is a trace in this format. */
export function isItf(parsed: unknown): boolean {
  const meta = typeof parsed === 'object' && parsed !== null ? (parsed as { '#meta'?: unknown })['#meta'] : undefined
  return typeof meta === 'object' && meta !== null && (meta as { format?: unknown }).format === 'ITF'
}

/** The trace that a file's JSON is. @throws FileError when it is damaged. */
export function itfTraceIn(file: string, parsed: unknown): ItfTrace {
  const checked = v.safeParse(schema, parsed)
  if (!checked.success) {
    const [issue] = checked.issues
    const where = issue.path?.map(item => String(item.key)).join('.') ?? 'its content'
    throw damaged(file, where, issue.message)
  }
  const { '#meta': meta, vars, states, loop } = checked.output
  if (loop !== undefined && loop >= states.length) throw damaged(file, 'loop', `there is no state ${loop}`)
  for (const [i, state] of states.entries()) {
    const lacking = vars.find(name => !Object.hasOwn(state, name))
    if (lacking !== undefined) throw damaged(file, `states.${i}`, `it has no '${lacking}', which is among vars`)
  }
  return { origin: meta.foliocheck, vars: [...new Set(vars)].filter(name => name !== '#meta'), states, loop }
}

function damaged(file: string, where: string, how: string): FileError {
  return new FileError(file, `is damaged at ${where}: ${how}`, 'write it again with `foliocheck explain --format itf`')
}
