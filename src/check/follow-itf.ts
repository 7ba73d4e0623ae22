import { FileError } from '../errors.js'
import type { Run } from '../explore/result.js'
import type { Program } from '../program/program.js'
import { type ReferenceState, ReferenceSystem } from '../program/reference-system.js'
import { threadOf } from '../system/system.js'
import { itfDifference, itfState } from '../trace/itf-values.js'
import type { ReplayedStep } from '../trace/replay.js'
import type { ItfTrace } from './itf-file.js'

/** More runs than this are not followed side by side. */
const MOST = 10_000

/** A run of the models for each state that its end may be in, or the first state of a trace that no step leads to. */
export type Followed =
  | { readonly runs: readonly Run[] }
  /** The number of the state, from 0, and how what is possible differs from it. */
  | { readonly stuck: number; readonly why: string }

interface Place {
  readonly state: ReferenceState
  readonly initial: number
  readonly ordinals: readonly number[]
  /** Where it was when the loop began: runs that were elsewhere then are others. */
  readonly anchor: string
}

/** Where the variables of a state differ from those of a trace; undefined when they agree. */
export function differenceAt(
  program: Program,
  { vars, states }: Pick<ItfTrace, 'vars' | 'states'>,
  index: number,
  state: ReferenceState,
  by: Pick<ReplayedStep, 'ordinal' | 'before'> | undefined,
): string | undefined {
  const ours = itfState(program, state, by)
  for (const name of vars) {
    const found = itfDifference(name, ours[name], states[index][name])
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Looks for a run with one step from each state of a trace to the next. All that fit are followed side by side, since a
 * trace may not tell everything. @throws FileError for a variable that the model does not have, or too many runs that fit.
 */
export function followItf(file: string, program: Program, { vars, states, loop }: ItfTrace): Followed {
  const system = new ReferenceSystem(program)
  // Of a run that goes on for ever, the step that leads back counts, too.
  const trace = { vars, states: loop === undefined ? states : [...states, states[loop]] }
  const [unknown] = trace.vars.filter(name => !Object.hasOwn(itfState(program, system.initial[0], undefined), name))
  if (unknown !== undefined) {
    const known = Object.keys(program.scenario.schema.fields).join(', ')
    throw new FileError(file, `has the variable '${unknown}', which the model does not know`, `it knows ${known}`)
  }
  const starts = system.initial.map((state, initial): Place => ({ state, initial, ordinals: [], anchor: '' }))
  let places = starts.filter(({ state }) => differenceAt(program, trace, 0, state, undefined) === undefined)
  if (places.length === 0) {
    return { stuck: 0, why: `at the start ${differenceAt(program, trace, 0, starts[0].state, undefined)}` }
  }
  for (let index = 1; index < trace.states.length; index++) {
    const next = new Map<string, Place>()
    const differences: string[] = []
    for (const { state: before, initial, ordinals, anchor: known } of places) {
      const anchor = index - 1 === loop ? JSON.stringify(before) : known
      for (const ordinal of system.enabled(before)) {
        const { state, outcome } = system.fire(before, ordinal)
        const ended = outcome.cut !== '' || outcome.broke || outcome.findings.some(({ fatal }) => fatal)
        if (ended && index < trace.states.length - 1) continue
        const difference = differenceAt(program, trace, index, state, { ordinal, before })
        if (difference === undefined) {
          const place = { state, initial, ordinals: [...ordinals, ordinal], anchor }
          next.set(anchor + JSON.stringify(state), place)
        } else differences.push(`after ${stepName(program, before, ordinal)} ${difference}`)
      }
    }
    if (next.size === 0) {
      const [first = 'no thread can take a step', ...more] = new Set(differences)
      return { stuck: index, why: [first, ...more.slice(0, 4)].join('; ') }
    }
    if (next.size > MOST) {
      throw new FileError(file, `fits more than ${MOST} runs up to state ${index}`, 'let it have more variables')
    }
    places = [...next.values()]
  }
  if (loop === undefined) return { runs: places }
  const closed = places.filter(({ state, anchor }) => JSON.stringify(state) === anchor)
  return { runs: (closed.length > 0 ? closed : places).map(place => ({ ...place, loop: states.length - loop })) }
}

function stepName(program: Program, { threads }: ReferenceState, ordinal: number): string {
  const { name, steps } = program.threads[threadOf(ordinal)]
  return `${name} '${steps[threads[threadOf(ordinal)].pc].label}'`
}
