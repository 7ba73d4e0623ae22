import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'
import { FileError, reasonOf } from '../errors.js'
import { type Counterexample, FORMAT } from './counterexample.js'

/** Larger files are refused: no counterexample comes near. */
const MAX_BYTES = 32 * 2 ** 20

const text = v.pipe(v.string(), v.maxLength(4000))
const small = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff))
const path = v.array(v.union([text, small]))
const change = v.object({ path, name: text, before: text, after: text, ghost: v.boolean() })
const step = v.object({
  number: small,
  thread: text,
  operation: text,
  source: text,
  stack: v.array(text),
  label: text,
  note: text,
  chosen: v.optional(v.number()),
  changes: v.array(change),
  locals: v.array(v.object({ name: text, value: text })),
  said: v.array(text),
  setup: v.boolean(),
})
const schema = v.object({
  format: v.literal('foliocheck-counterexample'),
  version: small,
  kernel: text,
  patches: v.array(text),
  scenario: text,
  property: text,
  claim: text,
  steps: small,
  preemptions: small,
  shortest: v.boolean(),
  calmest: v.boolean(),
  states: small,
  without: v.object({ threads: v.array(text), actions: v.array(v.object({ thread: text, action: small })) }),
  trace: v.object({
    run: v.object({ initial: small, ordinals: v.pipe(v.array(small), v.maxLength(100_000)) }),
    initially: v.array(change),
    steps: v.pipe(v.array(step), v.maxLength(100_000)),
    threads: v.array(text),
  }),
  why: v.object({
    reason: text,
    evidence: v.array(v.object({ name: text, value: text, writtenAt: v.optional(small), writtenBy: v.optional(text) })),
  }),
})

/** Reads a counterexample file. @throws FileError when it is missing, damaged, foreign, or of a newer format. */
export function readCounterexample(file: string): Counterexample {
  const parsed = parseJson(file, readText(file))
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
  const checked = v.safeParse(schema, parsed)
  if (checked.success) return checked.output as Counterexample
  const issue = checked.issues[0]
  const where = issue.path?.map(item => String(item.key)).join('.') ?? 'its content'
  throw new FileError(file, `is damaged at ${where}: ${issue.message}`, 'record it again with `foliocheck check --out`')
}

/** Reads a file as JSON. @throws FileError. */
export function readJson(file: string): unknown {
  return parseJson(file, readText(file))
}

function readText(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > MAX_BYTES) throw new FileError(file, `is ${size} bytes long`, `give a file below ${MAX_BYTES} bytes`)
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (thrown instanceof FileError) throw thrown
    throw new FileError(
      file,
      `cannot be read (${reasonOf(thrown).split(',')[0]})`,
      'check the path and its permissions',
    )
  }
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (thrown) {
    throw new FileError(file, `is not JSON (${reasonOf(thrown)})`, 'it may be cut short; record it again')
  }
}

/**
 * Writes a file whole or not at all: a reader never sees half of it, and an existing file stays as it was when writing
 * fails. @throws FileError when the folder cannot be written.
 */
export function writeWhole(file: string, content: string): void {
  const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(partial, content, { flag: 'wx' })
    renameSync(partial, file)
  } catch (thrown) {
    throw new FileError(
      file,
      `cannot be written (${reasonOf(thrown).split(',')[0]})`,
      'choose another folder with --out',
    )
  }
}

/** The text of a counterexample file. */
export function serialise(counterexample: Counterexample): string {
  return `${JSON.stringify(counterexample, undefined, 1)}\n`
}

/** The usual file name of a counterexample: `scenario.property.kernel+patch.json`. */
export function fileNameOf({ scenario, property, kernel, patches }: Counterexample): string {
  return `${[scenario, property, [kernel, ...patches].join('+')].join('.')}.json`.replace(/[^\w.+-]/g, '_')
}
