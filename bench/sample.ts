/** One exploration of one instance by one engine. */
export interface Sample {
  readonly states: number
  readonly transitions: number
  /** Of the exploration alone, without starting up or compiling. */
  readonly seconds: number
  /** Memory for states: tables, links and all. */
  readonly bytes: number
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Transitions per second. */
export function rate({ transitions, seconds }: Sample): number {
  return transitions / seconds
}
