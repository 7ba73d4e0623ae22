import * as v from 'valibot'
import { knownSchema } from './expectations.js'
import { rowSchema, told } from './row-schema.js'

/** Version of the report; raised when a reader of the old one could misread the new one. */
export const CHECK_FORMAT = 1

const strings = v.array(v.string())

/** The content of a report of `check` in JSON. */
export const checkSchema = v.object({
  format: v.literal('foliocheck-check'),
  version: v.literal(CHECK_FORMAT),
  foliocheck: told(v.string(), 'the version of foliocheck'),
  model: told(v.nullable(v.string()), 'as on the command line; null for the default one'),
  kernels: v.array(v.object({ kernel: v.string(), patches: strings })),
  exit: told(v.pipe(v.number(), v.integer(), v.minValue(0)), 'the exit code, unless a file could not be written'),
  interrupted: v.boolean(),
  errors: told(
    v.array(v.object({ name: v.string(), message: v.string() })),
    'why scenarios have no result, or a counterexample was not kept',
  ),
  unexercised: told(strings, 'properties that had no chance to fail anywhere'),
  results: v.array(rowSchema),
  missing: told(v.array(knownSchema), 'expected violations that nothing fits'),
})
