import type { Outcome } from '../check/outcome.js'
import { Pool } from '../check/pool.js'
import type { Limits } from '../explore/limits.js'
import type { Progress } from '../explore/progress.js'
import type { Run } from '../explore/result.js'
import type { HandedOut } from './hand-out.js'
import type { Searched } from './search.js'
import type { SearchTask } from './search-task.js'
import type { Choice } from './subject.js'

/** Searches in a worker thread, one at a time, so that whoever asks can show how far it is, and end it. */
export class Searcher {
  #pool: Pool<SearchTask, Searched | HandedOut> | undefined
  #progress: Progress | undefined

  constructor(
    readonly choice: Choice,
    readonly limits: Partial<Limits>,
  ) {}

  get busy(): boolean {
    return this.#pool !== undefined
  }

  /** States that the search has found so far; 0 when there is none. */
  get states(): number {
    return this.#progress?.now.states ?? 0
  }

  /** For the nearest violation from where a run has come to. Never rejects. Only when not `busy`. */
  search(run: Run, property: string | undefined): Promise<Outcome<Searched>> {
    return this.#run('nearest', run, property) as Promise<Outcome<Searched>>
  }

  /** For the smallest counterexample to what the end of a run violates. Never rejects. Only when not `busy`. */
  smallest(run: Run, property: string | undefined): Promise<Outcome<HandedOut>> {
    return this.#run('smallest', run, property) as Promise<Outcome<HandedOut>>
  }

  async #run(kind: SearchTask['kind'], run: Run, property: string | undefined): Promise<Outcome<Searched | HandedOut>> {
    const { choice, limits } = this
    const pool = new Pool<SearchTask, Searched | HandedOut>(
      new URL('./search-task.js', import.meta.url),
      () => `the search from scenario ${choice.scenario}`,
      1,
    )
    this.#pool = pool
    try {
      const started = (_: unknown, progress: Progress) => {
        this.#progress = progress
      }
      const [outcome] = await pool.run([{ choice, kind, run, property, limits }], [{ started }])
      return outcome
    } finally {
      this.#pool = undefined
      this.#progress = undefined
    }
  }

  /** Makes the search end soon with what it has. */
  cancel(): void {
    this.#pool?.interrupt()
  }
}
