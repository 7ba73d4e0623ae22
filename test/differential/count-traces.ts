import { cellsIn } from '../../src/state/footprint.js'
import { threadOf, type WatchedSystem } from '../../src/system/system.js'

interface Event {
  readonly ordinal: number
  readonly name: string
  readonly reads: ReadonlySet<number>
  readonly writes: ReadonlySet<number>
}

/**
 * How many traces there are: runs to the end, taken for one when they differ only in the order of steps that neither
 * conflict nor belong to one thread. Every order is tried; undefined when there are more runs than `most`.
 */
export function countTraces(system: WatchedSystem, most: number): number | undefined {
  const traces = new Set<string>()
  let runs = 0
  const explore = (initial: number, events: readonly Event[]): boolean => {
    const here = system.vector.slice()
    let ended = true
    for (let t = 0; t < system.threads.length; t++) {
      system.footprint.clear()
      const ordinals = system.offered(t)
      const guard = cellsIn(system.footprint.reads)
      for (const ordinal of ordinals) {
        ended = false
        system.footprint.clear()
        system.fire(ordinal)
        const index = events.filter(event => threadOf(event.ordinal) === t).length
        const event = {
          ordinal,
          name: `${ordinal}#${index}`,
          reads: new Set([...guard, ...cellsIn(system.footprint.reads)]),
          writes: new Set(cellsIn(system.footprint.writes)),
        }
        if (!explore(initial, [...events, event])) return false
        system.vector.set(here)
      }
    }
    if (!ended) return true
    traces.add(`${initial}: ${traceOf(system, events)}`)
    return ++runs < most
  }
  for (let initial = 0; initial < system.initialCount; initial++) {
    system.loadInitial(initial)
    if (!explore(initial, [])) return undefined
  }
  return traces.size
}

/** The steps of a run, and which of those that conflict came first. */
function traceOf(system: WatchedSystem, events: readonly Event[]): string {
  const orders = events.flatMap((later, i) =>
    events
      .slice(0, i)
      .filter(earlier => !(system.setup && threadOf(earlier.ordinal) === 0) && conflict(earlier, later))
      .map(earlier => `${earlier.name}<${later.name}`),
  )
  return [...events.map(({ name }) => name), ...orders].sort().join(' ')
}

function conflict(a: Event, b: Event): boolean {
  return meets(a.writes, b.reads) || meets(a.writes, b.writes) || meets(a.reads, b.writes)
}

function meets(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const cell of a) if (b.has(cell)) return true
  return false
}
