import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { CHECK_FORMAT, checkSchema } from './check-schema.js'
import { FORMAT } from './counterexample.js'
import { counterexampleSchema } from './counterexample-file.js'

/** The files of which the content has a schema. */
export const SCHEMAS = {
  check: { schema: checkSchema, title: `foliocheck check --report, version ${CHECK_FORMAT}` },
  counterexample: { schema: counterexampleSchema, title: `counterexample file of foliocheck, version ${FORMAT}` },
} as const satisfies Readonly<Record<string, { schema: v.GenericSchema; title: string }>>

/** The JSON Schema (draft 2020-12) of a file, made from what foliocheck itself reads and writes it by. */
export function jsonSchemaOf(name: keyof typeof SCHEMAS): object {
  const { schema, title } = SCHEMAS[name]
  // What a function checks has no words in a schema.
  const options: ConversionConfig = { target: 'draft-2020-12', ignoreActions: ['check'] }
  const { $schema, ...rest } = toJsonSchema(schema as v.GenericSchema, options)
  return { $schema, title, ...rest }
}
