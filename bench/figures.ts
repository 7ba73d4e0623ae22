import { counterexampleSeconds, isBuilt, listSeconds } from './commands.js'
import type { Engine, Rounds } from './engines.js'
import { median, rate } from './sample.js'

/** One line of the result: what was reached, what is demanded and what we aim at. */
export interface Figure {
  readonly name: string
  /** Undefined when it could not be measured; `note` says why. */
  readonly value: number | undefined
  readonly unit: string
  readonly floor: number
  readonly aim: number
  /** Whether more is better; otherwise less is. */
  readonly more: boolean
  readonly note: string
}

const NO_SPIN = 'spin or gcc is not installed'

/** Our transitions per second over SPIN's, round by round; the median. */
export function ratio(name: string, rounds: Rounds, engine: Engine, floor: number, aim: number): Figure {
  const ratios = rounds.spin.map((spin, i) => rate(rounds[engine][i]) / rate(spin))
  const speed = (which: Engine) => `${(median(rounds[which].map(rate)) / 1e6).toFixed(2)} M/s`
  const ours = `${speed(engine)} transitions`
  if (ratios.length === 0)
    return { name, value: undefined, unit: '×', floor, aim, more: true, note: `${ours}; ${NO_SPIN}` }
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  return {
    name,
    value: median(ratios),
    unit: '×',
    floor,
    aim,
    more: true,
    note: `${ours}, SPIN ${speed('spin')}; ${spread}`,
  }
}

/** Bytes that the exact store takes for each state, its parent link included. */
export function memory(rounds: Rounds): Figure {
  const [{ bytes, states }] = rounds.exact
  const spin = rounds.spin.map(sample => sample.bytes / sample.states)
  const note = spin.length === 0 ? NO_SPIN : `SPIN ${spin[0].toFixed(0)} B without a link`
  return { name: 'bytes per state, exact', value: bytes / states, unit: 'B', floor: 40, aim: 16, more: false, note }
}

/** Two workers over one, round by round; the median. */
export function workers(rounds: Rounds): Figure {
  const two = rounds['two workers']
  const bars = { name: 'two workers ÷ one, exact', unit: '×', floor: 1.5, aim: 1.8, more: true }
  if (two.length === 0) return { ...bars, value: undefined, note: 'not with --quick: only large spaces need two' }
  const value = median(two.map((sample, i) => rate(sample) / rate(rounds.exact[i])))
  return { ...bars, value, note: `${(median(two.map(rate)) / 1e6).toFixed(2)} M/s transitions` }
}

/** What a user waits for. */
export function waits(repeats: number): Figure[] {
  const built = isBuilt()
  const found = built ? counterexampleSeconds(repeats) : undefined
  const none = built ? 'no bugs are listed in counterexamples/index.json' : 'not built: npm run build'
  const note = built ? '' : none
  const seconds = { unit: 's', more: false }
  return [
    {
      ...seconds,
      name: 'first counterexample',
      value: found,
      floor: 2,
      aim: 0.7,
      note: found === undefined ? none : note,
    },
    { ...seconds, name: 'foliocheck list', value: built ? listSeconds(repeats) : undefined, floor: 1, aim: 0.3, note },
  ]
}

/** Whether the figure is as good as `bar`. */
export function reaches({ value, more }: Figure, bar: number): boolean {
  return value !== undefined && (more ? value >= bar : value <= bar)
}
