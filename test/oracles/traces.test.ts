import { PackedSystem } from 'foliocheck'
import { expect, test } from 'vitest'
import { exploreRuns } from '../../src/explore/dpor/explore-runs.js'
import { traceOracles } from './traces.js'

test.each(traceOracles)(
  '$name has $traces traces',
  ({ program, traces }) => {
    const { runs, stopped } = exploreRuns(new PackedSystem(program, { watch: true }), [])
    expect(stopped).toBeUndefined()
    expect(runs?.complete).toBe(traces)
  },
  120_000,
)
