import type { ScenarioResult } from '../check/check-scenario.js'
import { fingerprintOf, textAround } from '../check/fingerprint.js'
import type { Row } from '../check/rows.js'
import { many } from '../numbers.js'
import { kernelWith, loadedSources } from '../project/load.js'
import { named } from '../project/project.js'
import type { CheckJob, Session } from './session.js'
import { print } from './terminal.js'

/** What an earlier round of `--watch` found out about a scenario. */
export interface Kept {
  readonly fingerprint: string
  readonly rows: readonly Row[]
}

/** One round of `--watch`: leaves out what would come to the same as before. */
export class Round {
  readonly #fingerprints = new Map<string, string>()
  /** What the next round need not do again. */
  readonly kept: Record<string, Kept> = {}
  /** Rows of the scenarios that were left out. */
  readonly unchanged: Row[] = []

  constructor(readonly before: Readonly<Record<string, Kept>>) {}

  /** The jobs that have to be done. Tells of the others. */
  async needed(session: Session, jobs: readonly CheckJob[]): Promise<CheckJob[]> {
    const around = textAround(session.project, loadedSources()) + JSON.stringify(session.expectations)
    const needed: CheckJob[] = []
    for (const job of jobs) {
      const kernel = await kernelWith(session.project, job.kernel, job.patches)
      const scenario = named('scenario', session.project.scenarios, job.scenario)
      const key = keyOf(kernel.name, kernel.patches, job.scenario)
      const fingerprint = fingerprintOf(around, kernel, scenario)
      if (fingerprint !== undefined) this.#fingerprints.set(key, fingerprint)
      const before = Object.hasOwn(this.before, key) ? this.before[key] : undefined
      if (before && before.fingerprint === fingerprint) {
        this.kept[key] = before
        this.unchanged.push(...before.rows)
        print([`= ${job.scenario}   unchanged: ${tally(before.rows)}`])
      } else needed.push(job)
    }
    return needed
  }

  /** Keeps a result for the next round, unless the search did not end by itself. */
  keep(result: ScenarioResult, rows: readonly Row[]): void {
    const key = keyOf(result.kernel, result.patches, result.scenario)
    const fingerprint = this.#fingerprints.get(key)
    const ended = rows.every(({ verdict }) => verdict !== 'inconclusive')
    if (fingerprint === undefined || !ended) return
    this.kept[key] = { fingerprint, rows: rows.map(row => ({ ...row, counterexample: null })) }
  }
}

function keyOf(kernel: string, patches: readonly string[], scenario: string): string {
  return JSON.stringify([kernel, patches, scenario])
}

function tally(rows: readonly Row[]): string {
  const verdicts = [...new Set(rows.map(({ verdict }) => verdict))]
  return verdicts.map(one => `${rows.filter(({ verdict }) => verdict === one).length} ${one}`).join(', ')
}

/** How many scenarios were left out, for the summary; empty for none. */
export function unchangedText(rows: readonly Row[]): string {
  const scenarios = new Set(rows.map(({ kernel, patches, scenario }) => keyOf(kernel, patches, scenario))).size
  return scenarios === 0 ? '' : `; ${many(scenarios, 'scenario')} unchanged`
}
