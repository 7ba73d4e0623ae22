import type { Exploration, StopReason } from '../explore/result.js'
import { count, many } from '../numbers.js'
import type { Property } from '../property/property.js'

/** The five verdicts; there are no others. */
export const VERDICTS = ['proved', 'holds up to', 'violated', 'vacuous', 'inconclusive'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A verdict with what it is limited by. */
export interface Judgement {
  readonly verdict: Verdict
  /** For `holds up to` and `inconclusive`: what was cut, in words and numbers. Otherwise empty. */
  readonly limit: string
}

/** What an exploration says about one property. Anything that was not searched weakens `proved`. */
export function judge(property: Property, result: Exploration): Judgement {
  const found = result.found.has(property.name)
  const limit = limitOf(result)
  const ended = result.stopped === undefined && (result.givenUp?.size ?? 0) === 0
  if (property.kind === 'livelock' && !found && !result.tested.has(property.name)) {
    const why = 'livelocks are looked for in exact breadth-first searches alone, and not in reduced ones'
    if (result.strategy === 'dpor')
      return { verdict: 'inconclusive', limit: [why, ...(limit ? [limit] : [])].join('; ') }
    return { verdict: 'inconclusive', limit: limit || why }
  }
  const later = property.kind === 'locks' || property.kind === 'data-race'
  if (later && !found && result.looked?.has(property.name) !== true) {
    const what = property.kind === 'locks' ? 'locks are looked at' : 'data races are looked for'
    return { verdict: 'inconclusive', limit: limit || `${what} in exact searches alone, and not in reduced ones` }
  }
  if (property.kind === 'reachable') {
    if (found) return { verdict: 'proved', limit: '' }
    return { verdict: ended ? 'vacuous' : 'inconclusive', limit }
  }
  if (found) return { verdict: 'violated', limit: '' }
  const tested = result.tested.has(property.name)
  if (limit === '') return { verdict: tested ? 'proved' : 'vacuous', limit: '' }
  if (tested) return { verdict: endedEarly(result) ? 'inconclusive' : 'holds up to', limit }
  // Untested where all but some ends of runs were searched: it has nothing to do with this scenario.
  return { verdict: ended ? 'vacuous' : 'inconclusive', limit }
}

function endedEarly(result: Exploration): boolean {
  return result.stopped === 'time' || result.stopped === 'memory' || result.stopped === 'interrupted'
}

/** What of the space was not searched, or the empty string. */
export function limitOf(result: Exploration): string {
  const parts = result.stopped === undefined ? [] : [unsearched(result, result.stopped)]
  for (const [bound, times] of result.givenUp ?? []) parts.push(`${bound}: ${many(times, 'run')} not followed further`)
  for (const [bound, cut] of result.cut) parts.push(`the model's bound '${bound}', which cut ${many(cut, 'step')}`)
  if (result.lost > 0) {
    const ends = result.lost === 1 ? '1 run ends there and was' : `${count(result.lost)} runs end there and were`
    parts.push(`the violations of other properties: ${ends} not followed`)
  }
  return parts.join('; ')
}

function unsearched(result: Exploration, stopped: StopReason): string {
  const states = many(result.states, 'state')
  const time = `the time limit, after ${result.seconds.toFixed(1)} s`
  if (result.strategy === 'walk') {
    const ended = stopped === 'time' ? ` up to ${time}` : stopped === 'interrupted' ? ' up to an interrupt' : ''
    return `random walks of ${many(result.states, 'step')} in all${ended}: the space was not searched`
  }
  if (result.strategy === 'dpor') {
    const runs = `${many(result.runs?.complete ?? 0, 'run')} of ${many(result.states, 'step')} in all`
    if (stopped === 'time') return `${time}: ${runs}`
    if (stopped === 'states') return `the limit of steps: ${runs}`
    if (stopped === 'interrupted') return `an interrupt, after ${runs}`
  }
  const why: Record<StopReason, string> = {
    states: `${states}, the limit`,
    time: `${time} and ${states}`,
    memory: `the memory limit, at ${states}`,
    interrupted: `an interrupt, after ${states}`,
    'first violation': 'the violation at which the search was to stop',
    'random walks': 'random walks',
  }
  if (result.strategy === 'dpor') return why[stopped]
  return `${why[stopped]}: ${many(result.unexplored, 'state')} found but not looked at`
}
