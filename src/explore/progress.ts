/** How many levels of a breadth-first search are remembered while it runs. */
export const LEVELS_KEPT = 64

/** What a search tells of itself while it runs. */
export interface Moment {
  readonly states: number
  readonly transitions: number
  /** States that were found and not looked at. */
  readonly frontier: number
  readonly depth: number
  /** Bytes of the visited set. */
  readonly bytes: number
  /** Levels that were opened by a breadth-first search, and the states in all of them. */
  readonly levels: number
  readonly opened: number
  /** Distinct states of the last levels that were opened, at most `LEVELS_KEPT` of them. */
  readonly levelSizes: readonly number[]
}

const COUNTS = 5
const LEVELS = COUNTS
const OPENED = COUNTS + 1
const RING = COUNTS + 2
const CELLS = RING + LEVELS_KEPT

/** Where an exploration is now; shared between threads, so that another thread can show it and stop it. */
export class Progress {
  readonly #cells: Float64Array
  readonly #stop: Int32Array

  /** @param data memory made by `Progress.memory()`. */
  constructor(readonly data: SharedArrayBuffer = Progress.memory()) {
    this.#cells = new Float64Array(data, 8)
    this.#stop = new Int32Array(data, 0, 1)
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(8 + 8 * CELLS)
  }

  /** A search begins: what is said of levels is about it alone. */
  begin(): void {
    this.#cells.fill(0)
  }

  set(states: number, transitions: number, frontier: number, depth: number, bytes: number): void {
    this.#cells.set([states, transitions, frontier, depth, bytes])
  }

  /** A breadth-first search starts with the states of its next level. */
  open(size: number): void {
    const cells = this.#cells
    cells[RING + (cells[LEVELS] % LEVELS_KEPT)] = size
    cells[OPENED] += size
    cells[LEVELS]++
  }

  get now(): Moment {
    const cells = this.#cells
    const [states, transitions, frontier, depth, bytes, levels, opened] = cells
    const kept = Math.min(levels, LEVELS_KEPT)
    const levelSizes = Array.from({ length: kept }, (_, i) => cells[RING + ((levels - kept + i) % LEVELS_KEPT)])
    return { states, transitions, frontier, depth, bytes, levels, opened, levelSizes }
  }

  /** Asks the exploration to end soon and report what it has. */
  interrupt(): void {
    Atomics.store(this.#stop, 0, 1)
  }

  get interrupted(): boolean {
    return Atomics.load(this.#stop, 0) === 1
  }
}
