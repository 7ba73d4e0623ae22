import type { Replay } from './replay.js'
import type { Trace } from './trace.js'

/** The state after the step of that number, from 1; that in which the threads start, after the setup, for 0. */
export function stateAfter({ initial, steps }: Replay, { steps: told }: Trace, step: number): Replay['last'] {
  const setup = told.filter(({ setup }) => setup).length
  return steps[setup + step - 1]?.after ?? initial
}
