import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type InstanceName, instances } from './instances.js'
import type { Sample } from './sample.js'
import { Verifier } from './spin.js'

export type Engine = 'exact' | 'fingerprints' | 'two workers' | 'spin'

/** What every engine took for an instance, round by round; nothing for those that were left out. */
export type Rounds = Readonly<Record<Engine, readonly Sample[]>>

/** States below which a second worker has nothing to do worth measuring. */
const WIDE = 5_000_000

/**
 * Explores an instance with every engine in turn, and again: what slows the machine down for a while slows all of them.
 * @param spin whether SPIN is there.
 */
export function measure(name: InstanceName, repeats: number, spin: boolean, note: (line: string) => void): Rounds {
  const rounds: Record<Engine, Sample[]> = { exact: [], fingerprints: [], 'two workers': [], spin: [] }
  const verifier = spin ? new Verifier(instances[name]) : undefined
  try {
    for (let round = 1; round <= repeats; round++) {
      note(`${name}, round ${round} of ${repeats}`)
      rounds.exact.push(exploreOnce(name, 'exact'))
      if (verifier) rounds.spin.push(verifier.explore())
      rounds.fingerprints.push(exploreOnce(name, 'fingerprints'))
      if (instances[name].states >= WIDE) rounds['two workers'].push(exploreOnce(name, 'two workers'))
    }
  } finally {
    verifier?.close()
  }
  return rounds
}

/** @throws Error when the engines do not agree on the model: then there is nothing to compare. */
export function demandAgreement(name: InstanceName, rounds: Rounds): void {
  const { states } = instances[name]
  const transitions = rounds.exact[0].transitions
  for (const [engine, samples] of Object.entries(rounds)) {
    for (const sample of samples) {
      if (sample.states === states && sample.transitions === transitions) continue
      throw new Error(
        `${name}: ${engine} has ${sample.states} states and ${sample.transitions} transitions, not ${states} and ` +
          `${transitions}; models that differ are not compared`,
      )
    }
  }
}

function exploreOnce(name: InstanceName, engine: Exclude<Engine, 'spin'>): Sample {
  const script = fileURLToPath(new URL('explore-once.ts', import.meta.url))
  const root = fileURLToPath(new URL('..', import.meta.url))
  const output = execFileSync(process.execPath, ['--import', 'tsx', script, name, engine], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output) as Sample
}
