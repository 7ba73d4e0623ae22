/** Things that are often equal, each kept once. */
export class Kept<T> {
  readonly all: T[] = []
  readonly #places = new Map<string, number>()

  /** Where the thing is among all. */
  placeOf(thing: T): number {
    const key = JSON.stringify(thing)
    const known = this.#places.get(key)
    if (known !== undefined) return known
    this.#places.set(key, this.all.length)
    return this.all.push(thing) - 1
  }
}
