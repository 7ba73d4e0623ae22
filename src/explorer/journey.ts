import type { Run } from '../explore/result.js'

/** A run with a place on it: steps that were taken back stay ahead, until another one is taken there. */
export interface Journey {
  readonly run: Run
  /** How many of its steps are taken. */
  readonly at: number
}

/** The run up to the place. */
export function here({ run, at }: Journey): Run {
  return upTo(run, at)
}

/** The run up to its step of that number. It goes on for ever, or has others beside it, only where it is whole. */
export function upTo(run: Run, steps: number): Run {
  return steps >= run.ordinals.length ? run : { initial: run.initial, ordinals: run.ordinals.slice(0, steps) }
}

/** The run with one step more than up to the place. */
export function further({ run, at }: Journey, ordinal: number): Run {
  if (run.ordinals[at] === ordinal) return upTo(run, at + 1)
  return { initial: run.initial, ordinals: [...run.ordinals.slice(0, at), ordinal] }
}

/** The journey after it has come to the end of a run: what lies ahead is kept where that leads there. */
export function arrive({ run }: Journey, end: Run): Journey {
  const at = end.ordinals.length
  const same =
    run.initial === end.initial && at <= run.ordinals.length && end.ordinals.every((o, i) => o === run.ordinals[i])
  return { run: same && end.loop === undefined && end.others === undefined ? run : end, at }
}
