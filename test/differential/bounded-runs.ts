import { threadOf, type WatchedSystem } from '../../src/system/system.js'

/** Visits every state that runs with at most `most` preemptions come to, by trying all of them. */
export function boundedRuns(system: WatchedSystem, most: number, visit: (enabled: boolean) => void): void {
  const known = new Set<string>()
  const explore = (last: number, preemptions: number): void => {
    const here = system.vector.slice()
    const key = `${here.join()} ${last} ${preemptions}`
    if (known.has(key)) return
    known.add(key)
    const offered = system.threads.map((_, t) => system.offered(t))
    visit(offered.some(ordinals => ordinals.length > 0))
    for (const ordinal of offered.flat()) {
      const thread = threadOf(ordinal)
      const cost = last !== thread && last >= 0 && offered[last].length > 0 ? 1 : 0
      if (preemptions + cost > most) continue
      system.fire(ordinal)
      explore(thread, preemptions + cost)
      system.vector.set(here)
    }
  }
  for (let initial = 0; initial < system.initialCount; initial++) {
    system.loadInitial(initial)
    explore(-1, 0)
  }
}
