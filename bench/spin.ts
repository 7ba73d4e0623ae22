import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Instance } from './instances.js'
import type { Sample } from './sample.js'

/** The statement-merging and dead-variable optimisations change what a state is; without them counts are comparable. */
const SPIN_OPTIONS = ['-a', '-o1', '-o2', '-o3']
const GCC_OPTIONS = ['-O2', '-DSAFETY', '-DNOREDUCE', '-DNOFAIR', '-DMEMLIM=16000']

/** The first lines of the versions in use, or undefined when SPIN or gcc is missing. */
export function spinVersion(): string | undefined {
  try {
    const first = (command: string, option: string) => run(command, [option]).split('\n')[0].trim()
    return `${first('spin', '-V')}; ${first('gcc', '--version')} ${GCC_OPTIONS.join(' ')}`
  } catch {
    return undefined
  }
}

/** A verifier that SPIN made of an instance. */
export class Verifier {
  readonly #folder = mkdtempSync(join(tmpdir(), 'foliocheck-bench-'))

  constructor(readonly instance: Instance) {
    const model = fileURLToPath(new URL(`promela/${instance.promela}`, import.meta.url))
    const defines = Object.entries(instance.defines).map(([name, value]) => `-D${name}=${value}`)
    run('spin', [...SPIN_OPTIONS, ...defines, model], this.#folder)
    run('gcc', [...GCC_OPTIONS, '-o', 'pan', 'pan.c'], this.#folder)
  }

  /** Searches the whole space, depth first. No run of these models is longer than a few hundred steps. */
  explore(): Sample {
    const report = run('./pan', ['-n', '-m10000', `-w${this.instance.hashBits}`], this.#folder)
    const number = (pattern: RegExp): number => {
      const found = pattern.exec(report)
      if (!found) throw new Error(`SPIN's report has no ${pattern}:\n${report}`)
      return Number(found[1])
    }
    if (number(/errors: (\d+)/) > 0 || report.includes('max search depth too small')) {
      throw new Error(`SPIN found errors, or did not search everything:\n${report}`)
    }
    return {
      states: number(/([\d.e+]+) states, stored/),
      transitions: number(/([\d.e+]+) transitions/),
      seconds: number(/elapsed time ([\d.e+-]+) seconds/),
      bytes: number(/([\d.]+)\s+total actual memory usage/) * 2 ** 20,
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function run(command: string, args: readonly string[], cwd = process.cwd()): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 24 })
}
