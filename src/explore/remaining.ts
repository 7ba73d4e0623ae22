import type { Moment } from './progress.js'

/** How many states a breadth-first search has yet to find, after the levels that it has opened. */
export interface Remaining {
  readonly least: number
  /** Undefined while the levels do not shrink, or when it would say too little. */
  readonly most: number | undefined
}

/** Levels that each fit looks at, back from the last one. */
const WINDOWS = [6, 12, 24, 48] as const
/** Levels before which nothing is said. */
const FIRST = 24
/** A search shrinks when its last level is smaller than the one so many before. */
const SHRUNK = 6
/** How much the lowest and the highest extrapolation are widened. */
const SLACK = 3
/** Ratio of the ends of the interval for all states from which on its upper end says nothing. */
const WIDEST = 10
/** Levels that an extrapolation goes on for, at most. */
const FURTHEST = 10_000

/**
 * An interval for the states that are still to be found. The logarithms of the level sizes are fitted with a parabola over
 * several windows, and each is followed down to nothing; a window that is not bent downwards is followed in a straight
 * line, and one that grows has no end. The interval is what they span, widened. docs/performance.md says how often that
 * is right; a space may always have a second hill behind the first. Undefined before there are levels enough.
 */
export function remaining({
  levels,
  opened,
  levelSizes,
}: Pick<Moment, 'levels' | 'opened' | 'levelSizes'>): Remaining | undefined {
  if (levels < FIRST || levelSizes.length < FIRST || levelSizes.some(size => size < 1)) return undefined
  const logs = levelSizes.map(Math.log)
  const last = levelSizes[levelSizes.length - 1]
  const ends = WINDOWS.filter(window => window <= logs.length).map(window => followed(logs.slice(-window), last))
  const least = Math.min(...ends) / SLACK
  const most = Math.max(...ends) * SLACK
  // A space that only grows more slowly looks bent, too: before levels shrink nobody knows where they will begin to.
  const shrinks = last < levelSizes[levelSizes.length - 1 - SHRUNK]
  if (!Number.isFinite(least)) return { least: last, most: undefined }
  return { least, most: !shrinks || opened + most > WIDEST * (opened + least) ? undefined : most }
}

/** The sum of the levels to come when they go on like these: infinite when they grow. */
function followed(logs: readonly number[], last: number): number {
  const { slope, bend } = parabola(logs)
  if (bend >= 0 && slope >= 0) return Number.POSITIVE_INFINITY
  const curve = Math.min(bend, 0)
  let sum = 0
  for (let x = 1; x <= FURTHEST; x++) {
    const size = last * Math.exp(slope * x + curve * x * x)
    if (size < 0.5) return sum
    sum += size
  }
  return sum
}

/** The least-squares parabola through values at …, −2, −1, 0: its slope at the last one, and its bend. */
function parabola(values: readonly number[]): { readonly slope: number; readonly bend: number } {
  const n = values.length
  const powers = [0, 0, 0, 0, 0]
  const moments = [0, 0, 0]
  values.forEach((value, i) => {
    const x = i - (n - 1)
    for (let k = 0; k < 5; k++) powers[k] += x ** k
    for (let k = 0; k < 3; k++) moments[k] += value * x ** k
  })
  const [p0, p1, p2, p3, p4] = powers
  const [m0, m1, m2] = moments
  const whole = determinant([p0, p1, p2], [p1, p2, p3], [p2, p3, p4])
  return {
    slope: determinant([p0, m0, p2], [p1, m1, p3], [p2, m2, p4]) / whole,
    bend: determinant([p0, p1, m0], [p1, p2, m1], [p2, p3, m2]) / whole,
  }
}

type Row = readonly [number, number, number]

function determinant([a, b, c]: Row, [d, e, f]: Row, [g, h, i]: Row): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
}
