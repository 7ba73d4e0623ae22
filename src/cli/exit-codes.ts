/** Exit codes; documented in the README. */
export const EXIT = {
  ok: 0,
  violated: 1,
  inconclusive: 2,
  vacuous: 3,
  usage: 64,
  model: 65,
  internal: 70,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
