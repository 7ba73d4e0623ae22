import type { Counterexample } from '../check/counterexample.js'
import type { Program } from '../program/program.js'
import { packageVersion } from '../project/package-root.js'
import { itfState, namesBeside } from '../trace/itf-values.js'
import type { Replay } from '../trace/replay.js'
import { jsonText } from './json-text.js'

/**
 * A counterexample in the Informal Trace Format of Apalache: every state whole, on a line of its own. `#meta` says what it is a run of. Where
 * a property needs several runs, these are the states of the first; the others are in `#meta`.
 */
export function itfText(found: Counterexample, program: Program, replayed: Replay): string {
  const { kernel, patches, scenario, property, storeOrder, without } = found
  const { pc, locals, action } = namesBeside(program.scenario.schema)
  const { steps, initial, loop } = replayed
  const states = [itfState(program, initial, undefined), ...steps.map(step => itfState(program, step.after, step))]
  const head = {
    '#meta': {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      source: `foliocheck ${packageVersion()}`,
      description: found.claim,
      foliocheck: {
        kernel,
        patches,
        scenario,
        property,
        ...(storeOrder && { storeOrder }),
        without,
        run: found.trace.run,
      },
    },
    vars: [...Object.keys(program.scenario.schema.fields), pc, locals, action],
    // The state after the one that the last is equal to: so that each step of the loop is told once.
    ...(loop.length > 0 && { loop: states.length - loop.length }),
  }
  const told = states.map((state, index) => jsonText({ '#meta': { index }, ...state }, 0).trimEnd())
  return `${jsonText(head, 0).trimEnd().slice(0, -1)},\n"states":[\n${told.join(',\n')}\n]}\n`
}
