import { ModelError } from '../../errors.js'
import type { Finding } from '../../system/finding.js'
import type { Symmetry } from '../../system/symmetry.js'
import type { Successors, System } from '../../system/system.js'
import type { Batch } from '../batch.js'
import type { Check } from '../checks.js'
import type { Run } from '../result.js'
import { NO_PARENT, type StateStore } from '../store/store.js'

/** Images that are compared with a state, at most; those of the next states come next. */
const CHECKED = 8

/** What a state leads to. */
class Steps implements Successors {
  words: Int32Array
  slot = 0
  readonly ordinals: number[] = []
  readonly said: (readonly [number, string])[] = []

  constructor(readonly system: System) {
    this.words = new Int32Array(Math.max(1, system.maxSuccessors) * system.words)
  }

  from(vector: Int32Array): this {
    this.slot = 0
    this.ordinals.length = 0
    this.said.length = 0
    this.system.vector.set(vector)
    this.system.expand(this)
    return this
  }

  push(ordinal: number): void {
    this.ordinals.push(ordinal)
    this.slot++
  }

  found(ordinal: number, findings: readonly Finding[]): void {
    for (const { property } of findings) this.said.push([ordinal, property.name])
  }

  cut(ordinal: number, bound: string): void {
    this.said.push([ordinal, `bound ${bound}`])
  }

  broke(ordinal: number, error: Error): void {
    this.said.push([ordinal, `broke ${error.message}`])
  }
}

/** A search that keeps one state of each orbit. */
export class Orbits {
  readonly #steps: Steps
  #checked = 0
  /** States that those counted so far stand for. */
  standFor = 0

  constructor(
    readonly system: System,
    readonly symmetry: Symmetry,
  ) {
    this.#steps = new Steps(system)
  }

  /**
   * The run that leads to a stored state, or to one of its orbit, and from there by a step that says what the last ordinal
   * says. What is stored are representatives: the run through the states themselves is found again step by step.
   */
  runTo(store: StateStore, id: number, last?: { readonly property: string }): Run {
    const ids: number[] = []
    for (let at = id; at !== NO_PARENT; at = store.parentOf(at)) ids.push(at)
    const [first, ...rest] = ids.reverse()
    const initial = store.ordinalOf(first)
    this.system.loadInitial(initial)
    let vector = this.system.vector.slice()
    const target = new Int32Array(this.system.words)
    const ordinals: number[] = []
    for (const next of rest) {
      store.load(next, target)
      const { words } = this.system
      const steps = this.#steps.from(vector)
      const i = steps.ordinals.findIndex((_, slot) => {
        const successor = steps.words.slice(slot * words, (slot + 1) * words)
        this.symmetry.canonical(successor, 0)
        return successor.every((word, at) => word === target[at])
      })
      if (i < 0) throw this.#broken()
      ordinals.push(steps.ordinals[i])
      vector = steps.words.slice(i * words, (i + 1) * words)
    }
    if (last) {
      const said = this.#steps.from(vector).said.find(([, property]) => property === last.property)
      if (!said) throw this.#broken()
      ordinals.push(said[0])
    }
    return { initial, ordinals }
  }

  /** Puts representatives in the place of the vectors of a batch from slot `from` on. */
  settle(batch: Batch, from: number): void {
    for (let slot = from; slot < batch.slot; slot++) this.symmetry.canonical(batch.words, slot * this.system.words)
  }

  /** Counts a state that stands for its orbit. */
  count(vector: Int32Array): void {
    this.standFor += this.symmetry.orbit(vector)
  }

  /** @throws ModelError when the images of a state do something else, or are judged otherwise. */
  check(vector: Int32Array, checks: readonly Check[]): void {
    const expected = this.#behaviour(vector, checks)
    for (let i = 0; i < CHECKED && i < this.symmetry.size; i++) {
      const image = this.symmetry.image(this.#checked++ % this.symmetry.size, vector)
      if (this.#behaviour(image, checks) !== expected) throw this.#broken()
    }
    this.system.vector.set(vector)
  }

  /** What a state does and is, up to exchanges. */
  #behaviour(vector: Int32Array, checks: readonly Check[]): string {
    const { system, symmetry } = this
    const steps = this.#steps.from(vector)
    const successors = steps.ordinals.map((_, slot) => {
      const successor = steps.words.slice(slot * system.words, (slot + 1) * system.words)
      symmetry.canonical(successor, 0)
      return successor.join()
    })
    system.vector.set(vector)
    const judged = checks.map(check => (check.when === 'deadlock' || check.when === 'livelock' ? '' : check.holds()))
    return [...successors.sort(), ...steps.said.map(([, name]) => name).sort(), ...judged, system.atRest()].join(';')
  }

  #broken(): ModelError {
    return new ModelError(
      `the exchange of ${this.symmetry.what}`,
      'is no symmetry: an exchanged state does something else, or is judged otherwise',
      'say with alike(…) what the numbers name, or leave --reduce symmetry out',
    )
  }
}
