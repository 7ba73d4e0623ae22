import { UsageError } from '../errors.js'

/** Where an exploration stops early, with an honest verdict. */
export interface Limits {
  /** Distinct states, at most. */
  readonly states: number
  /** Seconds, at most. */
  readonly seconds: number
  /** Bytes of the visited set, at most; 4 GiB is the hard end. */
  readonly memory: number
}

export const DEFAULT_LIMITS: Limits = { states: 100_000_000, seconds: 600, memory: 3 * 2 ** 30 }

/** Limits with the given changes. @throws UsageError when one is not a positive number. */
export function limits(changes: Partial<Limits> = {}): Limits {
  const merged = { ...DEFAULT_LIMITS, ...changes }
  for (const [name, value] of Object.entries(merged)) {
    if (!(value > 0)) throw new UsageError(`limit ${name}`, `is ${value}`, 'give a number above 0')
  }
  return merged
}
