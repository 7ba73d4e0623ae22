import { jsonSchemaOf, type SCHEMAS } from '../check/json-schema.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { printJson } from './terminal.js'

/** `foliocheck schema`: the JSON Schema of a file that foliocheck writes. */
export function schema(name: keyof typeof SCHEMAS): ExitCode {
  printJson(jsonSchemaOf(name))
  return EXIT.ok
}
