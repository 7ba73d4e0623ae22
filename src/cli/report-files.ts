import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { FileError, reasonOf, UsageError } from '../errors.js'
import type { CheckRun } from '../report/check-run.js'
import { checkPage } from '../report/html/check-page.js'

/** The formats of reports, by the ending of the file's name. */
const FORMATS: Readonly<Record<string, (run: CheckRun) => string>> = {
  '.html': checkPage,
}

/** Refuses report files of which the ending says no format. @throws UsageError */
export function checkReportFiles(files: readonly string[]): void {
  for (const file of files) {
    if (extname(file) in FORMATS) continue
    throw new UsageError(`--report ${file}`, 'has an unknown ending', `end it with ${Object.keys(FORMATS).join(', ')}`)
  }
}

/** Writes a run to files, each whole or not at all. Returns what went wrong. */
export function writeReports(files: readonly string[], run: CheckRun): Error[] {
  return files.flatMap(file => {
    const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`)
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(partial, FORMATS[extname(file)](run))
      renameSync(partial, file)
      return []
    } catch (thrown) {
      rmSync(partial, { force: true })
      return [new FileError(file, `cannot be written (${reasonOf(thrown).split(',')[0]})`, 'choose another place')]
    }
  })
}
