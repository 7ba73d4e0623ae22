import { extname } from 'node:path'
import { UsageError } from '../errors.js'
import { checkJson } from '../report/check-json.js'
import type { CheckRun } from '../report/check-run.js'
import { checkPage } from '../report/html/check-page.js'
import { junitOfRun } from '../report/junit.js'
import { markdownOfRun } from '../report/markdown.js'
import { sarifOfRun } from '../report/sarif.js'
import { writeWhole } from './whole-file.js'

/** The formats of reports, by the ending of the file's name. */
const FORMATS: Readonly<Record<string, (run: CheckRun) => string>> = {
  '.html': checkPage,
  '.json': checkJson,
  '.md': run => markdownOfRun(run),
  '.sarif': sarifOfRun,
  '.xml': junitOfRun,
}

/** Refuses report files of which the ending says no format. @throws UsageError */
export function checkReportFiles(files: readonly string[]): void {
  for (const file of files) {
    if (Object.hasOwn(FORMATS, extname(file))) continue
    throw new UsageError(`--report ${file}`, 'has an unknown ending', `end it with ${Object.keys(FORMATS).join(', ')}`)
  }
}

/** Writes a run to files, each whole or not at all. Returns what went wrong. */
export function writeReports(files: readonly string[], run: CheckRun): Error[] {
  return files.flatMap(file => {
    const text = FORMATS[extname(file)](run)
    try {
      writeWhole(file, text)
      return []
    } catch (thrown) {
      return [thrown as Error]
    }
  })
}
