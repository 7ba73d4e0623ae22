import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FileError, reasonOf } from '../errors.js'
import type { Counterexample } from './counterexample.js'

/** File names are no longer than this, the ending included. */
const MOST_CHARACTERS = 200

/** A name of a project that may stand for a file: nothing that leads to another folder. */
const PLAIN = /^[\w+-][\w.+-]*$/

/** Whether a name can be a file's name as it is. */
export function isPlainName(name: string): boolean {
  return PLAIN.test(name) && name.length <= MOST_CHARACTERS
}

/** What a counterexample's file is named after. */
type Named = Pick<Counterexample, 'scenario' | 'property' | 'kernel' | 'patches'>

/**
 * The usual file name of a counterexample: `scenario.property.kernel+patch.json`. Names that are no good as a file's
 * name are spelt with `_`, and told apart by a few hexadecimal digits.
 */
export function fileNameOf({ scenario, property, kernel, patches }: Named): string {
  const name = [scenario, property, [kernel, ...patches].join('+')].join('.')
  if (isPlainName(name)) return `${name}.json`
  const digits = createHash('sha256')
    .update(JSON.stringify([scenario, property, kernel, patches]))
    .digest('hex')
  const spelt = name.replace(/[^\w.+-]/g, '_').replace(/^\.+/, '_')
  return `${spelt.slice(0, MOST_CHARACTERS)}.${digits.slice(0, 8)}.json`
}

/** The text of a counterexample file. */
export function serialise(counterexample: Counterexample): string {
  return `${JSON.stringify(counterexample, undefined, 1)}\n`
}

/**
 * Writes a counterexample whole or not at all: a reader never sees half of it. Replaces an older counterexample, and
 * nothing else. @throws FileError when another file is in the way, or it cannot be written.
 */
export function writeCounterexample(file: string, counterexample: Counterexample): void {
  const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`)
  try {
    if (existsSync(file) && !isOurs(file)) {
      throw new FileError(file, 'exists and is no counterexample, so it was left alone', 'move it out of the way')
    }
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(partial, serialise(counterexample), { flag: 'wx' })
    renameSync(partial, file)
  } catch (thrown) {
    if (thrown instanceof FileError) throw thrown
    rmSync(partial, { force: true })
    throw new FileError(file, `cannot be written (${reasonOf(thrown).split(',')[0]})`, 'choose another folder')
  }
}

/** Whether a file begins as `serialise` does, or is empty. One that was cut short may be replaced, too. */
function isOurs(file: string): boolean {
  const from = openSync(file, 'r')
  try {
    const start = Buffer.alloc(100)
    const read = readSync(from, start)
    return read === 0 || /^\s*\{\s*"format":\s*"foliocheck-counterexample"/.test(start.toString('utf8', 0, read))
  } finally {
    closeSync(from)
  }
}
