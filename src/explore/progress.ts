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
    return new SharedArrayBuffer(8 + 8 * 5)
  }

  set(states: number, transitions: number, frontier: number, depth: number, bytes: number): void {
    this.#cells.set([states, transitions, frontier, depth, bytes])
  }

  get now(): { states: number; transitions: number; frontier: number; depth: number; bytes: number } {
    const [states, transitions, frontier, depth, bytes] = this.#cells
    return { states, transitions, frontier, depth, bytes }
  }

  /** Asks the exploration to end soon and report what it has. */
  interrupt(): void {
    Atomics.store(this.#stop, 0, 1)
  }

  get interrupted(): boolean {
    return Atomics.load(this.#stop, 0) === 1
  }
}
