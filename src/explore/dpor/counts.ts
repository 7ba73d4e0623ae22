/** What one search of runs has counted, or several together. */
export class Counts {
  searches = 0
  steps = 0
  longest = 0
  complete = 0
  redundant = 0
  terminal = 0
  lost = 0
  readonly cut = new Map<string, number>()
  readonly givenUp = new Map<string, number>()

  /** Adds a search that is over. Ends of runs are met by each search anew: of those the most count. */
  add(search: Counts): void {
    this.searches++
    this.steps += search.steps
    this.complete += search.complete
    this.redundant += search.redundant
    this.longest = Math.max(this.longest, search.longest)
    this.terminal = Math.max(this.terminal, search.terminal)
    this.lost = Math.max(this.lost, search.lost)
    for (const key of ['cut', 'givenUp'] as const) {
      for (const [why, times] of search[key]) this[key].set(why, Math.max(this[key].get(why) ?? 0, times))
    }
  }
}

export function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
