/**
 * Exchanges of like things (threads, CPUs, frames …) under which a system does the same: what it does in a state, it does
 * in the image of the state, exchanged. States that are images of each other form an orbit, and one of each is enough.
 */
export interface Symmetry {
  /** Each exchange, that of nothing first. */
  readonly exchanges: readonly Exchanged[]
  /** How many exchanges there are, that of nothing included. */
  readonly size: number
  /** What is exchanged for what, in words. */
  readonly what: string
  /** Replaces the vector at word `at` by the one of its orbit that stands for all. */
  canonical(words: Int32Array, at: number): void
  /** How many different images the vector has. */
  orbit(vector: Int32Array): number
  /** The image of a vector under an exchange, by its number. */
  image(exchange: number, vector: Int32Array): Int32Array
}

/** Where an exchange puts things. */
export interface Exchanged {
  /** By thread: its image. */
  readonly order: readonly number[]
  /** By cell of the shared state: its image. */
  readonly cells: Int32Array
}
