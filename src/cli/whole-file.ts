import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FileError, reasonOf } from '../errors.js'

/** Writes a file whole or not at all, and makes its folder. @throws FileError when it cannot be written */
export function writeWhole(file: string, text: string): void {
  const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`)
  try {
    mkdirSync(dirname(file), { recursive: true })
    try {
      writeFileSync(partial, text)
      renameSync(partial, file)
    } finally {
      rmSync(partial, { force: true })
    }
  } catch (thrown) {
    throw new FileError(file, `cannot be written (${reasonOf(thrown).split(',')[0]})`, 'choose another place')
  }
}
