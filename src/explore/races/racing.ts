import { PackedSystem } from '../../program/packed-system.js'
import type { Program } from '../../program/program.js'
import { type Cell, cellsOf } from '../../state/cells.js'
import { type Successors, threadOf } from '../../system/system.js'

/** A field that two steps access at the same time, at least one of them to write it. */
export interface Conflict {
  readonly cell: Cell
  /** By step, whether it writes. */
  readonly writes: readonly [boolean, boolean]
}

/** What steps read and write, on a working vector of its own. */
export class Racing implements Successors {
  readonly system: PackedSystem
  readonly words: Int32Array
  slot = 0
  readonly #ordinals: number[] = []
  /** The fields that can be raced for. */
  readonly #cells: readonly Cell[]

  constructor(program: Program) {
    this.system = new PackedSystem(program, { watch: true })
    this.words = new Int32Array(this.system.maxSuccessors * this.system.words)
    this.#cells = cellsOf(program.scenario.schema).filter(({ ghost, marked }) => !ghost && !marked)
  }

  /** Whether the step that a thread is about to take is made of plain accesses. */
  isPlain(thread: number): boolean {
    const code = this.system.stepAt(thread)
    return 'access' in code && code.access === 'plain'
  }

  /** The steps of a thread from the working vector that do not end the run. */
  stepsOf(thread: number): number[] {
    this.slot = 0
    this.#ordinals.length = 0
    this.system.expandThread(thread, this)
    return [...this.#ordinals]
  }

  /** The fields over which two steps of the working vector conflict, in the order of their declaration. */
  conflicts(a: number, b: number): Conflict[] {
    if (!this.isPlain(threadOf(a)) && !this.isPlain(threadOf(b))) return []
    const [of, by] = [this.#footprint(a), this.#footprint(b)]
    return this.#cells.flatMap(cell => {
      const writes = [has(of.writes, cell.at), has(by.writes, cell.at)] as const
      const accessed = [writes[0] || has(of.reads, cell.at), writes[1] || has(by.reads, cell.at)]
      return accessed[0] && accessed[1] && (writes[0] || writes[1]) ? [{ cell, writes }] : []
    })
  }

  #footprint(ordinal: number): { readonly reads: Int32Array; readonly writes: Int32Array } {
    const { system } = this
    const here = system.vector.slice()
    system.footprint.clear()
    system.fire(ordinal)
    system.vector.set(here)
    return { reads: system.footprint.reads.slice(), writes: system.footprint.writes.slice() }
  }

  push(ordinal: number): void {
    this.#ordinals.push(ordinal)
    this.slot++
  }

  found(): void {
    // A step that says something may go on all the same: then it is pushed.
  }

  cut(): void {
    // What is left out races with nobody.
  }

  broke(): void {
    // A step without a successor ends the run: that is a violation of its own.
  }
}

function has(set: Int32Array, cell: number): boolean {
  return ((set[cell >> 5] >>> (cell & 31)) & 1) === 1
}
