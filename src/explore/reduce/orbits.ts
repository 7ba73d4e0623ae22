import { ModelError } from '../../errors.js'
import type { Symmetry } from '../../system/symmetry.js'
import type { System } from '../../system/system.js'
import type { Batch } from '../batch.js'
import type { Check } from '../checks.js'
import type { Run } from '../result.js'
import { stepsFrom } from '../steps-from.js'
import { NO_PARENT, type StateStore } from '../store/store.js'

/** Images that are compared with a state, at most; those of the next states come next. */
const CHECKED = 8

/** A search that keeps one state of each orbit. */
export class Orbits {
  #checked = 0
  /** States that those counted so far stand for. */
  standFor = 0

  constructor(
    readonly system: System,
    readonly symmetry: Symmetry,
  ) {}

  /**
   * The run that leads to a stored state, or to one of its orbit, and from there by a step that says what the last ordinal
   * says. What is stored are representatives: the run through the states themselves is found again step by step.
   */
  runTo(store: StateStore, id: number, property?: string): Run {
    const ids: number[] = []
    for (let at = id; at !== NO_PARENT; at = store.parentOf(at)) ids.push(at)
    const [first, ...rest] = ids.reverse()
    const initial = store.ordinalOf(first)
    this.system.loadInitial(initial)
    let vector: Int32Array = this.system.vector.slice()
    const target = new Int32Array(this.system.words)
    const ordinals: number[] = []
    for (const next of rest) {
      store.load(next, target)
      const step = stepsFrom(this.system, vector).find(({ vector: successor }) => {
        return successor && this.#representative(successor).every((word, at) => word === target[at])
      })
      if (!step?.vector) throw this.#broken()
      ordinals.push(step.ordinal)
      vector = step.vector
    }
    if (property !== undefined) {
      const said = stepsFrom(this.system, vector).find(({ findings }) =>
        findings.some(finding => finding.property.name === property),
      )
      if (!said) throw this.#broken()
      ordinals.push(said.ordinal)
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
    const { system } = this
    const steps = stepsFrom(system, vector)
    const successors = steps.flatMap(step => (step.vector ? [this.#representative(step.vector).join()] : []))
    const said = steps.flatMap(({ findings, ended }) => [...findings.map(({ property }) => property.name), ended])
    const judged = checks.map(check => (check.when === 'deadlock' || check.when === 'livelock' ? '' : check.holds()))
    return [...successors.sort(), ...said.sort(), ...judged, system.atRest()].join(';')
  }

  #representative(vector: Int32Array): Int32Array {
    const representative = vector.slice()
    this.symmetry.canonical(representative, 0)
    return representative
  }

  #broken(): ModelError {
    return new ModelError(
      `the exchange of ${this.symmetry.what}`,
      'is no symmetry: an exchanged state does something else, or is judged otherwise',
      'say with alike(…) what the numbers name, or leave --reduce symmetry out',
    )
  }
}
