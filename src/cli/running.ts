import { type Limits, limits } from '../explore/limits.js'
import type { Moment, Progress } from '../explore/progress.js'
import { remaining } from '../explore/remaining.js'
import { count } from '../numbers.js'
import { printable } from '../report/wrap.js'
import { Pace } from './pace.js'

/** Of a limit, what is worth telling. */
const NEAR = 0.1
/** States before which nothing is said about the rest. */
const FEW = 2000

/** A job that is under way, as a progress display tells of it. */
export class Running {
  readonly name: string
  readonly #pace = new Pace()
  readonly #start = performance.now()

  constructor(
    name: string,
    readonly progress: Progress,
    readonly allowed: Partial<Limits>,
  ) {
    this.name = printable(name)
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000
  }

  /** Where it is now, in a few words, the most important ones first. Looks at the rate, too: ask now and then. */
  get told(): string {
    const { now } = this.progress
    const { states, frontier, depth, bytes } = now
    const { seconds } = this
    this.#pace.look(seconds, states)
    const time = timeText(seconds)
    if (states === 0) return time
    const { rate } = this.#pace
    return [
      `${count(states)} states`,
      ...(rate === undefined ? [] : [`${short(rate)}/s`]),
      time,
      ...restOf(now),
      ...(frontier > 0 ? [`frontier ${count(frontier)}`] : []),
      `depth ${Math.max(0, depth - 1)}`,
      ...(bytes > 0 ? [`${Math.ceil(bytes / 2 ** 20)} MiB`] : []),
      ...nearest({ states, seconds, memory: bytes }, limits(this.allowed)),
    ].join(', ')
  }
}

/** What a breadth-first search says of the states that are still to come; nothing for others. */
function restOf(now: Moment): string[] {
  if (now.levels === 0 || now.states < FEW) return []
  const rest = remaining(now)
  if (!rest) return ['? left']
  const { least, most } = rest
  const found = now.states
  if (most === undefined) {
    const more = now.opened + least - found
    return [more >= 1 ? `at least ${short(more)} more` : '? left']
  }
  const share = (states: number) => Math.max(1, Math.min(99, Math.round((100 * found) / Math.max(found, states))))
  const low = share(now.opened + most)
  const high = share(now.opened + least)
  return [low === high ? `${low} % done` : `${low}–${high} % done`]
}

/** The limit of which the greatest share is used, when that is much. */
function nearest(used: Limits, allowed: Limits): string[] {
  const shares = (['states', 'seconds', 'memory'] as const).map(of => ({ of, share: used[of] / allowed[of] }))
  const [most] = shares.sort((a, b) => b.share - a.share)
  return most.share < NEAR ? [] : [`${Math.round(100 * Math.min(1, most.share))} % of the limit of ${most.of}`]
}

/** A time: `4 s`, `2 min 5 s`. */
export function timeText(seconds: number): string {
  const whole = Math.floor(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** A number to two or three digits: `312`, `45k`, `1.2M`. */
export function short(n: number): string {
  if (n < 1000) return `${Math.round(n)}`
  const [value, unit] = n < 999_500 ? [n / 1000, 'k'] : [n / 1e6, 'M']
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${unit}`
}
