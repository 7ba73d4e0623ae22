import type { Run } from '../explore/result.js'
import { PackedSystem } from '../program/packed-system.js'
import type { Program } from '../program/program.js'

/** A program that begins where a run has come to. */
export class SystemFrom extends PackedSystem {
  readonly #here: Int32Array

  /** @throws Error when the run is not possible. */
  constructor(program: Program, run: Run) {
    super(program)
    super.loadInitial(run.initial)
    for (const ordinal of run.ordinals) this.fire(ordinal)
    this.#here = this.vector.slice()
  }

  override get initialCount(): number {
    return 1
  }

  override loadInitial(): void {
    this.vector.set(this.#here)
  }
}
