import { storeFor } from '../check/store-for.js'
import { limitOf } from '../check/verdict.js'
import { UsageError } from '../errors.js'
import { checksOf } from '../explore/checks.js'
import { explore } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import type { Exploration, Run } from '../explore/result.js'
import { named } from '../project/project.js'
import { replay } from '../trace/replay.js'
import { brokenAt } from './broken.js'
import { endOf } from './end.js'
import type { Subject } from './subject.js'
import { SystemFrom } from './system-from.js'

/** What came of a search from where a run has come to. */
export type Searched =
  | { readonly kind: 'found'; readonly property: string; readonly run: Run; readonly states: number }
  /** `limit` says what was not searched; empty when nothing can be found from here. */
  | { readonly kind: 'nothing'; readonly limit: string; readonly states: number }

export interface SearchOptions {
  /** The property that is to be violated (or the situation to be reached); undefined for any but a situation. */
  readonly property?: string | undefined
  readonly limits?: Partial<Limits>
  readonly progress?: Progress
}

/**
 * Goes on from where a run has come to, breadth-first, to the nearest violation that is not already there. Returns the run
 * with the steps to it. @throws UsageError for an unknown property, Diverged for an impossible run, ModelError
 */
export function searchFrom(subject: Subject, run: Run, options: SearchOptions = {}): Searched {
  const { program, project } = subject
  const { property, limits, progress } = options
  const wanted =
    property === undefined
      ? project.properties.filter(({ kind }) => kind !== 'reachable')
      : [named('property', project.properties, property)]
  const replayed = replay(program, run)
  const last = replayed.steps.at(-1)
  if (last && endOf(last.outcome) !== '') return { kind: 'nothing', limit: '', states: 0 }
  // An assertion or a race can come again; a state property that is false here would be found at once.
  const again = ['assertion', 'data-race', 'livelock']
  const here = brokenAt(program, wanted, replayed).filter(broken => !again.includes(broken.property.kind))
  const open = wanted.filter(one => !here.some(broken => broken.property.name === one.name))
  if (open.length === 0) {
    throw new UsageError(`property '${property}'`, 'is violated where the run is now', 'take steps back first')
  }
  const system = new SystemFrom(program, { initial: run.initial, ordinals: run.ordinals })
  const exploration = explore(
    system,
    checksOf(open, system.shared, program),
    storeFor(system, { memory: limits?.memory, fingerprints: false }),
    {
      ...(limits && { limits }),
      ...(progress && { progress }),
      until: { any: new Set(open.map(({ name }) => name)) },
    },
  )
  const nearest = nearestOf(
    exploration,
    open.map(({ name }) => name),
  )
  const { states } = exploration
  if (!nearest) return { kind: 'nothing', limit: limitOf(exploration), states }
  return { kind: 'found', property: nearest.property, run: after(run, nearest.run), states }
}

function nearestOf({ found }: Exploration, names: readonly string[]) {
  return [...found.values()]
    .filter(({ property }) => names.includes(property))
    .sort((a, b) => a.run.ordinals.length - b.run.ordinals.length)[0]
}

/** A run that begins where another has come to, from its very beginning. */
function after(first: Run, { ordinals, loop, others }: Run): Run {
  return {
    initial: first.initial,
    ordinals: [...first.ordinals, ...ordinals],
    ...(loop !== undefined && { loop }),
    ...(others && { others: others.map(other => after(first, other)) }),
  }
}
