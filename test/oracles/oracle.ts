import type { Kernel, Property, Scenario } from 'foliocheck'

/** A model whose state space is known from elsewhere, to the number. */
export interface Oracle {
  readonly name: string
  readonly kernel: Kernel
  readonly scenario: Scenario
  readonly properties: readonly Property[]
  /** Reachable states. */
  readonly distinct: number
  /** Initial states and every successor computed, duplicates and self-loops included. */
  readonly generated: number
  /** Breadth-first levels; the initial states are the first. */
  readonly levels: number
  /** States without a successor. */
  readonly terminal: number
  /** Properties that are violated, each with the steps of its shortest violation. */
  readonly violated: Readonly<Record<string, number>>
}

/** The sum of `term` over `from`..`to`, both included. */
export function sum(from: number, to: number, term: (k: number) => number): number {
  let total = 0
  for (let k = from; k <= to; k++) total += term(k)
  return total
}

/** The integers from 0 to `count` - 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** Ways to choose `k` of `n` things in order. */
export function arrangements(n: number, k: number): number {
  return k === 0 ? 1 : n * arrangements(n - 1, k - 1)
}

/** Ways to choose `k` of `n` things. */
export function combinations(n: number, k: number): number {
  return arrangements(n, k) / arrangements(k, k)
}
