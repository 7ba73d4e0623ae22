import type { Program } from '../program/program.js'
import { framesAt, type ReferenceState } from '../program/reference-system.js'
import type { RecordType, Type } from '../state/schema.js'
import { choiceOf, threadOf } from '../system/system.js'
import type { ReplayedStep } from './replay.js'

/** A value in the Informal Trace Format of Apalache (its ADR 015). */
export type Itf = boolean | string | readonly Itf[] | { readonly [key: string]: Itf }

/** What a state has besides the fields of the machine, each under a name that no field has. */
export interface ItfNames {
  /** Where each thread is. */
  readonly pc: string
  /** The locals of each thread, outermost function first. */
  readonly locals: string
  /** The step that led here. */
  readonly action: string
}

/** The names that stand beside the fields of a schema. */
export function namesBeside({ fields }: RecordType): ItfNames {
  const free = (name: string): string => (Object.hasOwn(fields, name) ? free(`${name}_`) : name)
  return { pc: free('pc'), locals: free('locals'), action: free('action') }
}

/** A value of a schema: whole numbers as `#bigint`, arrays as maps from their indices. */
export function itfValue(type: Type, value: unknown): Itf {
  switch (type.kind) {
    case 'int':
      return itfInt(value as number)
    case 'bool':
      return value as boolean
    case 'enum':
      return value as string
    case 'record':
      return itfRecord(type, value)
    case 'array':
      return { '#map': (value as readonly unknown[]).map((item, i) => [itfInt(i), itfValue(type.of, item)]) }
  }
}

function itfRecord(type: RecordType, value: unknown): { [key: string]: Itf } {
  const fields = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, itfValue(field, fields[name])]))
}

function itfInt(value: number): Itf {
  return { '#bigint': String(value) }
}

/** A whole state: every field, where each thread is, and its locals. `by` is the step that led to it. */
export function itfState(
  program: Program,
  state: ReferenceState,
  by: Pick<ReplayedStep, 'ordinal' | 'before'> | undefined,
): { [variable: string]: Itf } {
  const names = namesBeside(program.scenario.schema)
  const byThread = (of: (t: number) => Itf): Itf => ({ '#map': program.threads.map(({ name }, t) => [name, of(t)]) })
  return {
    ...itfRecord(program.scenario.schema, state.shared),
    [names.pc]: byThread(t => {
      const { pc } = state.threads[t]
      const { frame, label } = program.threads[t].steps[pc]
      return { number: itfInt(pc), operation: frame.operation, step: label }
    }),
    [names.locals]: byThread(t =>
      framesAt(program, t, state.threads[t].pc)
        .map(({ operation, type }, depth) => ({ operation, of: itfRecord(type, state.threads[t].frames[depth]) }))
        .slice(1),
    ),
    [names.action]: actionOf(program, by),
  }
}

function actionOf(program: Program, by: Pick<ReplayedStep, 'ordinal' | 'before'> | undefined): Itf {
  if (!by) return { thread: '', operation: '', step: '', choice: itfInt(0) }
  const { name, steps } = program.threads[threadOf(by.ordinal)]
  const { frame, label } = steps[by.before.threads[threadOf(by.ordinal)].pc]
  return { thread: name, operation: frame.operation, step: label, choice: itfInt(choiceOf(by.ordinal)) }
}

/**
 * Where a value of ours differs from one in a file, as a path below `name`; undefined when they agree. A file may write
 * small numbers as numbers and maps from 0, 1, … as lists, and may leave fields of records out.
 */
export function itfDifference(name: string, ours: Itf, given: unknown): string | undefined {
  const wrong = `${name} is ${shown(ours)}, and ${shown(given)} in the file`
  if (typeof ours === 'string' || typeof ours === 'boolean') return ours === given ? undefined : wrong
  const number = (ours as { '#bigint'?: string })['#bigint']
  if (number !== undefined) return numberIn(given) === number ? undefined : wrong
  const pairs = pairsIn(ours)
  const others = pairsIn(given)
  if (pairs && others) {
    if (pairs.length !== others.length) return `${name} has ${pairs.length} entries, and ${others.length} in the file`
    return first(pairs, ([key, value]) => {
      const other = others.find(([otherKey]) => itfDifference('', key as Itf, otherKey) === undefined)
      const place = `${name}[${shown(key)}]`
      return other ? itfDifference(place, value as Itf, other[1]) : `${place} is not in the file`
    })
  }
  if (pairs || typeof given !== 'object' || given === null) return wrong
  return first(Object.entries(given), ([key, value]) => {
    if (key === '#meta') return undefined
    if (!Object.hasOwn(ours, key)) return `${name}.${key} is in the file, and not in the model`
    return itfDifference(`${name}.${key}`, (ours as Readonly<Record<string, Itf>>)[key], value)
  })
}

function first<T>(items: readonly T[], of: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = of(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** The pairs of a map, or of a list as a map from 0, 1, … */
function pairsIn(value: unknown): (readonly [unknown, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((item, i) => [itfInt(i), item])
  const map = typeof value === 'object' && value !== null ? (value as { '#map'?: unknown })['#map'] : undefined
  if (!Array.isArray(map)) return undefined
  return map.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], pair[1]] : [undefined, undefined]))
}

function numberIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  const big = typeof value === 'object' && value !== null ? (value as { '#bigint'?: unknown })['#bigint'] : undefined
  return typeof big === 'string' && /^-?\d{1,20}$/.test(big) ? String(BigInt(big)) : undefined
}

/** A value in a message: what has parts is only named, since it may be deep and long. */
function shown(value: unknown): string {
  const number = numberIn(value)
  if (number !== undefined) return number
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100))
  if (value === undefined) return 'missing'
  return typeof value === 'object' && value !== null ? 'something with parts' : String(value)
}
