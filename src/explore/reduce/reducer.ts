import type { System } from '../../system/system.js'
import type { Batch } from '../batch.js'
import type { Check } from '../checks.js'
import type { Reductions } from '../options.js'
import type { Reduction, Run } from '../result.js'
import { runTo } from '../run-to.js'
import { NO_PARENT, type StateStore } from '../store/store.js'
import { AmpleSets } from './ample.js'
import { Orbits } from './orbits.js'

/** What a search leaves out: its reductions behind one face. */
export class Reducer {
  readonly #ample: AmpleSets | undefined
  readonly #orbits: Orbits | undefined
  #revised = 0

  constructor(
    readonly system: System,
    readonly store: StateStore,
    readonly checks: readonly Check[],
    readonly options: Reductions,
  ) {
    const { order, symmetry } = options
    if (order) this.#ample = new AmpleSets(order.system, checks, order.alone, symmetry)
    if (symmetry && symmetry.size > 1) this.#orbits = new Orbits(system, symmetry)
  }

  /** Expands the state in the working vector, as much of it as is needed. Returns the number of enabled steps. */
  expand(id: number, batch: Batch): number {
    const from = batch.slot
    this.#orbits?.count(this.system.vector)
    const enabled = this.#ample ? this.#ample.expand(id, batch) : this.system.expand(batch)
    this.#orbits?.settle(batch, from)
    return enabled
  }

  /** Expands the state in the working vector whole, which had been expanded in part. */
  expandWhole(id: number, batch: Batch): void {
    const from = batch.slot
    this.#revised++
    this.#ample?.expandWhole(id, batch)
    this.#orbits?.settle(batch, from)
  }

  /** Puts representatives in the place of what was written to the batch from slot `from` on. */
  settle(batch: Batch, from: number): void {
    this.#orbits?.settle(batch, from)
  }

  /** Learns where an insert led. */
  inserted(found: Uint32Array, parents: Uint32Array, count: number): void {
    this.#ample?.settle(found, parents, count)
  }

  /** The states below `end` that have to be expanded whole after all. */
  fallen(end: number, scratch: Batch): readonly number[] {
    if (!this.#ample) return []
    const load = (id: number) => this.store.load(id, this.system.vector)
    return [...this.#ample.revise(end, load, scratch)]
  }

  /** A state that has to be expanded whole because all that was followed of it led back. */
  nextStuck(): number | undefined {
    return this.#ample?.nextStuck()
  }

  /** The checks that state `id` fails, where that is known better than by asking all. */
  judge(id: number): readonly Check[] | undefined {
    const parent = this.store.parentOf(id)
    // What the step that led here has not changed was judged in the state before.
    return this.#ample?.judge(parent === NO_PARENT ? undefined : vector => this.store.load(parent, vector))
  }

  /** @throws ModelError when the images of the state in the working vector do something else. */
  check(): void {
    this.#orbits?.check(this.system.vector.slice(), this.checks)
  }

  /** The run that leads to a state, and on by the step that spoke of a property. It may run steps to find that. */
  runTo(id: number, last?: { readonly ordinal: number; readonly property: string }): Run {
    if (!this.#orbits) return runTo(this.store, id, ...(last ? [last.ordinal] : []))
    const here = this.system.vector.slice()
    const run = this.#orbits.runTo(this.store, id, last?.property)
    this.system.vector.set(here)
    return run
  }

  get summary(): Reduction {
    const { symmetry } = this.options
    const standFor = this.#orbits?.standFor ?? this.store.count
    return {
      ...(this.#ample && { order: { ...this.#ample.numbers, revised: this.#revised } }),
      ...(symmetry && { symmetry: { exchanges: symmetry.size, what: symmetry.what, standFor } }),
    }
  }
}
