/** Over how many seconds a rate is taken. */
const OVER_S = 5

/** How fast something grows that is looked at now and then. */
export class Pace {
  readonly #seen: { readonly at: number; readonly value: number }[] = []

  /** @param at seconds, on any clock. */
  look(at: number, value: number): void {
    // A search that began anew counts from the beginning.
    if (value < (this.#seen.at(-1)?.value ?? 0)) this.#seen.length = 0
    this.#seen.push({ at, value })
    while (this.#seen.length > 2 && at - this.#seen[1].at >= OVER_S) this.#seen.shift()
  }

  /** Per second, over the last seconds; undefined before that is known. */
  get rate(): number | undefined {
    const first = this.#seen.at(0)
    const last = this.#seen.at(-1)
    return first && last && last.at > first.at ? (last.value - first.value) / (last.at - first.at) : undefined
  }
}
