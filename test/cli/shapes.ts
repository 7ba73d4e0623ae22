import * as v from 'valibot'

/** The shapes of `--json`, as docs/formats.md has them: these keys and no others. */

const verdict = v.picklist(['proved', 'holds up to', 'violated', 'vacuous', 'inconclusive'])
const natural = v.pipe(v.number(), v.integer(), v.minValue(0))
const strings = v.array(v.string())
const change = v.strictObject({
  path: v.array(v.union([v.string(), natural])),
  name: v.string(),
  before: v.string(),
  after: v.string(),
  ghost: v.boolean(),
})
const step = v.strictObject({
  number: natural,
  thread: v.string(),
  operation: v.string(),
  source: v.string(),
  stack: strings,
  label: v.string(),
  note: v.string(),
  chosen: v.optional(v.number()),
  changes: v.array(change),
  locals: v.array(v.strictObject({ name: v.string(), value: v.string() })),
  said: strings,
  setup: v.boolean(),
})
const evidence = v.strictObject({
  name: v.string(),
  value: v.string(),
  writtenAt: v.optional(natural),
  writtenBy: v.optional(v.string()),
})

export const counterexample = v.strictObject({
  format: v.literal('foliocheck-counterexample'),
  version: v.literal(1),
  kernel: v.string(),
  patches: strings,
  scenario: v.string(),
  storeOrder: v.optional(v.picklist(['sc', 'tso', 'pso'])),
  property: v.string(),
  claim: v.string(),
  steps: natural,
  preemptions: natural,
  shortest: v.boolean(),
  calmest: v.boolean(),
  states: natural,
  without: v.strictObject({
    threads: strings,
    actions: v.array(v.strictObject({ thread: v.string(), action: natural })),
  }),
  trace: v.strictObject({
    run: v.strictObject({ initial: natural, ordinals: v.array(natural) }),
    initially: v.array(change),
    steps: v.array(step),
    threads: strings,
  }),
  why: v.strictObject({ reason: v.string(), evidence: v.array(evidence) }),
})

export const checked = v.strictObject({
  results: v.array(
    v.strictObject({
      kernel: v.string(),
      patches: strings,
      scenario: v.string(),
      property: v.string(),
      verdict,
      limit: v.string(),
      expected: v.picklist(['proved', 'violated']),
      asExpected: v.boolean(),
      exercised: v.boolean(),
      note: v.string(),
      exact: v.boolean(),
      storeOrder: v.picklist(['sc', 'tso', 'pso']),
      reduction: v.nullable(v.looseObject({})),
      states: natural,
      transitions: natural,
      depth: natural,
      seconds: v.pipe(v.number(), v.minValue(0)),
      steps: v.nullable(natural),
      counterexample: v.nullable(counterexample),
    }),
  ),
  missing: v.array(
    v.strictObject({
      kernel: v.string(),
      patches: strings,
      scenario: v.string(),
      property: v.string(),
      verdict: v.literal('violated'),
      note: v.string(),
    }),
  ),
})

const side = v.strictObject({
  property: v.string(),
  verdict,
  limit: v.string(),
  witness: v.nullable(natural),
  steps: v.nullable(natural),
  counterexample: v.nullable(counterexample),
})

export const compared = v.strictObject({
  kernel: v.string(),
  base: strings,
  patches: strings,
  exact: v.boolean(),
  cells: v.array(
    v.strictObject({
      scenario: v.string(),
      property: v.string(),
      effect: v.picklist(['fixed', 'broken', 'still broken', 'still holds', 'vacuous', 'not decided']),
      before: side,
      after: side,
    }),
  ),
})

export const regressed = v.strictObject({
  bugs: v.array(
    v.strictObject({
      id: v.string(),
      property: v.string(),
      before: v.strictObject({
        kernel: v.string(),
        patches: strings,
        verdict,
        steps: v.nullable(natural),
        preemptions: v.nullable(natural),
        file: v.string(),
      }),
      after: v.strictObject({ kernel: v.string(), patches: strings, verdict, states: natural }),
    }),
  ),
})

export const mutated = v.strictObject({
  kernel: v.string(),
  patches: strings,
  caught: natural,
  mutants: natural,
  share: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  operations: v.array(
    v.strictObject({
      operation: v.string(),
      caught: natural,
      survived: v.array(v.strictObject({ mutant: v.string(), harmless: v.nullable(v.string()) })),
      undecided: natural,
      invalid: natural,
      equivalent: natural,
    }),
  ),
})

export const replayed = v.strictObject({
  file: v.string(),
  kernel: v.string(),
  patches: strings,
  scenario: v.string(),
  property: v.string(),
  happens: v.boolean(),
  reason: v.string(),
})

const entries = v.array(v.strictObject({ name: v.string(), about: v.string() }))

export const listed = v.strictObject({
  models: entries,
  kernels: entries,
  patches: entries,
  scenarios: entries,
  properties: entries,
  operations: entries,
  bugs: entries,
  known: entries,
})
