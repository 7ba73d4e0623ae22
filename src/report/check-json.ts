import type * as v from 'valibot'
import { CHECK_FORMAT, type checkSchema } from '../check/check-schema.js'
import { packageVersion } from '../project/package-root.js'
import type { CheckRun } from './check-run.js'
import { jsonText } from './json-text.js'

/** A run as JSON: the rows of `check --json`, and what one must know to judge them later. */
export function checkJson(run: CheckRun): string {
  const document = {
    format: 'foliocheck-check',
    version: CHECK_FORMAT,
    foliocheck: packageVersion(),
    model: run.model ?? null,
    kernels: run.kernels.map(({ name, patches }) => ({ kernel: name, patches })),
    exit: run.exit,
    interrupted: run.interrupted,
    errors: run.errors.map(({ name, message }) => ({ name, message })),
    unexercised: run.unexercised,
    results: run.rows.flat(),
    missing: run.missing,
  } satisfies Told<v.InferOutput<typeof checkSchema>>
  return jsonText(document)
}

/** As the schema has it, lists and objects unchangeable. */
type Told<T> = T extends object ? { readonly [K in keyof T]: Told<T[K]> } : T
