import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Counterexample } from '../check/counterexample.js'
import { fileNameOf, writeCounterexample } from '../check/write-counterexample.js'
import { FileError, reasonOf } from '../errors.js'

/** The folder of `--out`, which receives every counterexample as soon as it is known. */
export class Keeper {
  readonly #files = new Map<Counterexample, string>()
  /** Why counterexamples could not be written. */
  readonly errors: Error[] = []

  /** Makes the folder where it is missing. @throws FileError when it cannot be written: before hours of work, not after */
  constructor(readonly folder: string) {
    try {
      mkdirSync(folder, { recursive: true })
      accessSync(folder, constants.W_OK)
    } catch (thrown) {
      const cause = reasonOf(thrown).split(',')[0]
      throw new FileError(`folder ${folder}`, `cannot be written (${cause})`, 'choose another one with --out')
    }
  }

  /** Writes a counterexample; failures are collected. */
  keep(found: Counterexample): void {
    const file = join(this.folder, fileNameOf(found))
    try {
      writeCounterexample(file, found)
      this.#files.set(found, file)
    } catch (thrown) {
      this.errors.push(thrown instanceof Error ? thrown : new Error(reasonOf(thrown)))
    }
  }

  /** Where a counterexample was written to, if it was. */
  fileOf(found: Counterexample): string | undefined {
    return this.#files.get(found)
  }
}
