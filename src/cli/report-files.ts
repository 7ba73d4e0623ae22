import { basename, extname } from 'node:path'
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

/** The files that are meant: without an ending, one of every format. @throws UsageError for an ending that says none */
export function reportFilesOf(files: readonly string[]): string[] {
  return files.flatMap(file => {
    const ending = extname(file)
    if (Object.hasOwn(FORMATS, ending)) return [file]
    const endings = Object.keys(FORMATS)
    if (ending === '' && !basename(file).startsWith('.')) return endings.map(known => file + known)
    const next = `end it with ${endings.join(', ')}, or leave the ending out for all of them`
    throw new UsageError(`--report ${file}`, 'has an unknown ending', next)
  })
}

/** Writes a run to files, each whole or not at all. Returns what went wrong. */
export function writeReports(files: readonly string[], run: CheckRun): Error[] {
  return files.flatMap(file => {
    try {
      writeWhole(file, FORMATS[extname(file)](run))
      return []
    } catch (thrown) {
      return [thrown as Error]
    }
  })
}
