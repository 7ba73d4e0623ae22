import * as v from 'valibot'
import { STORE_ORDERS } from '../program/scenario.js'
import type { Counterexample } from './counterexample.js'
import { counterexampleSchema } from './counterexample-file.js'
import type { Row } from './rows.js'
import { VERDICTS } from './verdict.js'

const natural = v.pipe(v.number(), v.integer(), v.minValue(0))

/** A schema that says what its values mean. */
export const told = <const S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description<v.InferOutput<S>, string>(text))

const reduction = v.object({
  order: v.optional(
    v.object({ alone: v.picklist(['local', 'independent']), states: natural, revised: natural, skipped: natural }),
  ),
  symmetry: v.optional(v.object({ exchanges: natural, what: v.string(), standFor: natural })),
})

/** A row of `check --json` and of its report in JSON: the same keys as `Row`, or it does not compile. */
export const rowSchema = v.object({
  kernel: v.string(),
  patches: told(v.array(v.string()), 'those on the kernel, in order'),
  scenario: v.string(),
  property: v.string(),
  verdict: v.picklist(VERDICTS),
  limit: told(v.string(), 'for "holds up to" and "inconclusive": what was not searched; else empty'),
  expected: v.picklist(['proved', 'violated']),
  asExpected: told(v.boolean(), 'whether the verdict agrees, and nothing exercised was vacuous'),
  exercised: told(v.boolean(), 'the scenario promises that this property can fail in it'),
  note: told(v.string(), 'why a violation is expected; else empty'),
  exact: told(v.boolean(), 'equal states were recognised by their whole value'),
  storeOrder: v.picklist(STORE_ORDERS),
  reduction: told(v.nullable(reduction), 'what reductions saved; null without them'),
  states: told(natural, 'distinct states'),
  transitions: told(natural, 'successors computed, duplicates included'),
  depth: told(natural, 'steps of the longest shortest run'),
  seconds: v.pipe(v.number(), v.minValue(0)),
  steps: told(v.nullable(natural), "of the violation, the setup's not counted"),
  counterexample: v.nullable(counterexampleSchema as unknown as v.GenericSchema<Counterexample>),
} satisfies { readonly [K in keyof Row]: v.GenericSchema<unknown, Row[K]> })
