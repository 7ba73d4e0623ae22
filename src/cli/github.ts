import { randomUUID } from 'node:crypto'
import { appendFileSync, statSync } from 'node:fs'
import { FileError, reasonOf } from '../errors.js'
import type { CheckRun } from '../report/check-run.js'
import { githubAnnotations } from '../report/github.js'
import { markdownOfRun } from '../report/markdown.js'

/** What GitHub takes as the summary of one step. */
const MOST_BYTES = 2 ** 20

/** Whether this runs as a step of GitHub Actions. */
export function onGithub(): boolean {
  return process.env.GITHUB_ACTIONS === 'true'
}

/**
 * Has GitHub take nothing of what follows on standard output for a command, whatever names it has at the beginning of a
 * line. Returns what ends that.
 */
export function stopCommands(): () => void {
  const token = randomUUID()
  process.stdout.write(`::stop-commands::${token}\n`)
  return () => process.stdout.write(`::${token}::\n`)
}

/**
 * Prints annotations to standard output, or where that is for JSON to standard error, and appends to the step's summary
 * if there is one. Returns what went wrong.
 */
export function tellGithub(run: CheckRun, json: boolean): Error[] {
  const lines = githubAnnotations(run)
  if (lines.length > 0) (json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`)
  const file = process.env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return []
  try {
    const before = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    appendFileSync(file, markdownOfRun(run, MOST_BYTES - before))
    return []
  } catch (thrown) {
    const cause = reasonOf(thrown).split(',')[0]
    return [new FileError(file, `cannot be written (${cause})`, 'it is what GITHUB_STEP_SUMMARY names; correct that')]
  }
}
