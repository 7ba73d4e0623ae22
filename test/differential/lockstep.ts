import { type Finding, PackedSystem, type Program, type ReferenceState, ReferenceSystem } from 'foliocheck'
import { expect } from 'vitest'
import { packState, unpackState } from '../../src/program/reference-system.js'
import { buffers } from '../../src/state/packed.js'
import { ordinalOf } from '../../src/system/system.js'
import type { Hit } from './build.js'

/** What firing one step led to, in a form that two executions can be compared by. */
interface Result {
  readonly ordinal: number
  /** The successor's words, or undefined when there is none. */
  readonly successor: string | undefined
  readonly findings: readonly Finding[]
  readonly cut: string
  readonly broke: string
}

/** Runs the packed and the reference execution side by side, from one initial state along `schedule`. */
export class Lockstep {
  readonly packed: PackedSystem
  readonly reference: ReferenceSystem
  readonly #scratch

  private constructor(
    readonly program: Program,
    readonly hit: Hit,
    warmUp: number,
  ) {
    this.packed = new PackedSystem(program, { warmUp })
    this.reference = new ReferenceSystem(program)
    this.#scratch = buffers(this.packed.layout.bytes)
  }

  /**
   * Both executions of the program, with code made for steps that ran `warmUp` times before; undefined when neither can
   * start, for the same reason.
   */
  static start(program: Program, hit: Hit, warmUp = 0): Lockstep | undefined {
    const reference = errorOf(() => new ReferenceSystem(program).initial)
    expect(errorOf(() => new PackedSystem(program))).toBe(reference)
    if (reference === '') return new Lockstep(program, hit, warmUp)
    hit('cannot start')
    return undefined
  }

  /** @param schedule chooses among the successors of each state; where there are none the run ends. */
  run(initial: number, schedule: readonly number[]): void {
    const { packed, reference, hit } = this
    packed.loadInitial(initial)
    let state = reference.initial[initial]
    for (const choice of schedule) {
      this.#sameState(state)
      const expected = reference.enabled(state).map(ordinal => this.#fireReference(state, ordinal))
      this.#sameEnabled(
        state,
        expected.map(({ result }) => result.ordinal),
      )
      const failed = expected.find(({ error }) => error !== '')
      const [results, error] = this.#expand()
      expect(error).toBe(failed?.error ?? '')
      if (failed) {
        hit(`model error: ${failed.error.includes('threw') ? 'thrown' : 'atomic'}`)
        return
      }
      expect(results).toEqual(expected.map(({ result }) => result))
      for (const { result } of expected) this.#sameFire(result)
      const able = expected.filter(({ result }) => result.successor !== undefined)
      if (able.length === 0) {
        hit(expected.length > 0 ? 'all ended' : reference.atRest(state) ? 'at rest' : 'deadlock')
        return
      }
      const next = able[choice % able.length]
      packed.fire(next.result.ordinal)
      state = next.after
    }
  }

  #sameState(state: ReferenceState): void {
    const { packed, program } = this
    expect(this.#pack(state)).toBe(packed.vector.join())
    expect(JSON.stringify(unpackState(program, packed.layout, packed.memory))).toBe(JSON.stringify(state))
    if (packed.words > 2) this.hit('more than two words')
    if (state.threads.some(({ pc }) => pc > 255)) this.hit('step number above 255')
    if (state.threads.some(({ frames }) => frames.length > 3)) this.hit('three calls deep')
    program.threads.forEach((_, t) => {
      expect(packed.stepAt(t)).toBe(this.reference.stepAt(state, t))
    })
  }

  #sameEnabled(state: ReferenceState, enabled: readonly number[]): void {
    const { packed, reference, program } = this
    program.threads.forEach((_, t) => {
      expect(packed.enabled(t)).toBe(enabled.some(ordinal => ordinal >> 8 === t))
    })
    expect(packed.atRest()).toBe(reference.atRest(state))
    if (program.setup && enabled.some(ordinal => ordinal < ordinalOf(1, 0))) this.hit('setup')
  }

  /** Every result of `expand`, in order; and the error that it threw. */
  #expand(): [Result[], string] {
    const { packed } = this
    const results: Result[] = []
    const at = (ordinal: number): Result => {
      const last = results.at(-1)
      if (last?.ordinal === ordinal) results.pop()
      return last?.ordinal === ordinal ? last : nothing(ordinal)
    }
    const words = new Int32Array(packed.words)
    const before = packed.vector.join()
    let enabled = 0
    try {
      enabled = packed.expand({
        words,
        slot: 0,
        push: ordinal => results.push({ ...at(ordinal), successor: words.join() }),
        found: (ordinal, findings) => results.push({ ...at(ordinal), findings }),
        cut: (ordinal, cut) => results.push({ ...at(ordinal), cut }),
        broke: (ordinal, error) => results.push({ ...at(ordinal), broke: error.message }),
      })
    } catch (thrown) {
      return [results, messageOf(thrown)]
    }
    expect(packed.vector.join()).toBe(before)
    expect(results.length).toBe(enabled)
    expect(results.filter(({ successor }) => successor !== undefined).length).toBeLessThanOrEqual(packed.maxSuccessors)
    return [results, '']
  }

  #fireReference(state: ReferenceState, ordinal: number): Fired {
    try {
      const { state: after, outcome } = this.reference.fire(state, ordinal)
      const { findings, cut, broke } = outcome
      const ended = cut !== '' || broke || findings.some(finding => finding.fatal)
      if (broke) this.hit('broke')
      if (ended) expect(after).toBe(state)
      const successor = ended ? undefined : this.#pack(after)
      return { result: { ordinal, successor, findings, cut, broke: broke?.message ?? '' }, after, error: '' }
    } catch (thrown) {
      return { result: nothing(ordinal), after: state, error: messageOf(thrown) }
    }
  }

  /** Firing in place does what `expand` said; and nothing where there is no successor. */
  #sameFire(expected: Result): void {
    const { packed } = this
    const before = packed.vector.slice()
    const { findings, cut, broke } = packed.fire(expected.ordinal)
    const successor = packed.vector.join()
    expect({ ordinal: expected.ordinal, successor, findings, cut, broke: broke?.message ?? '' }).toEqual({
      ...expected,
      successor: expected.successor ?? before.join(),
    })
    packed.vector.set(before)
  }

  #pack(state: ReferenceState): string {
    packState(this.program, this.packed.layout, state, this.#scratch)
    return this.#scratch.i32.join()
  }
}

interface Fired {
  readonly result: Result
  readonly after: ReferenceState
  /** What it threw, or the empty string. */
  readonly error: string
}

function nothing(ordinal: number): Result {
  return { ordinal, successor: undefined, findings: [], cut: '', broke: '' }
}

function errorOf(run: () => unknown): string {
  try {
    run()
    return ''
  } catch (thrown) {
    return messageOf(thrown)
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
