/** Hands things on in the order of their numbers, from 0, each as soon as it and all before it are there. */
export class InOrder<T> {
  readonly #waiting = new Map<number, T>()
  #next = 0

  constructor(readonly tell: (thing: T) => void) {}

  add(number: number, thing: T): void {
    this.#waiting.set(number, thing)
    for (let ready = this.#waiting.get(this.#next); ready !== undefined; ready = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next++)
      this.tell(ready)
    }
  }
}
