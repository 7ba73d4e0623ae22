import * as v from 'valibot'
import { readJson } from '../check/read-json.js'
import { FileError } from '../errors.js'

const schema = v.record(v.string(), v.record(v.string(), v.string()))

/** By operation, by mutant: why its survival is harmless. */
export type Harmless = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Reads the list of harmless survivors. @throws FileError when it is damaged. */
export function readHarmless(file: string): Harmless {
  const checked = v.safeParse(schema, readJson(file))
  if (checked.success) return checked.output
  throw new FileError(file, 'is not a list of harmless mutants', 'it is { operation: { mutant: reason } }')
}
