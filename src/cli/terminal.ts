import pc from 'picocolors'
import { jsonText } from '../report/json-text.js'
import { printable } from '../report/wrap.js'

/** Colour only where a person looks; NO_COLOR and FORCE_COLOR decide otherwise. */
const { NO_COLOR, FORCE_COLOR, TERM } = process.env
const forced = FORCE_COLOR ? FORCE_COLOR !== '0' : undefined
const colours = pc.createColors(!NO_COLOR && (forced ?? (process.stdout.isTTY === true && TERM !== 'dumb')))

/** Columns of a report: those of the terminal, within what reads well; 100 when there is no terminal. */
export function reportWidth(): number {
  const { columns } = process.stdout
  return columns ? Math.min(100, Math.max(60, columns)) : 100
}

/** Prints lines of safe text, with the signs at their beginning in colour where the terminal wants that. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.map(line => colour(printable(line))).join('\n')}\n`)
}

/** Prints a value as JSON, indented, in a form that is safe to look at. */
export function printJson(value: unknown): void {
  process.stdout.write(jsonText(value))
}

function colour(line: string): string {
  if (line.startsWith('✗')) return colours.red(line)
  if (line.startsWith('✓')) return colours.green(line)
  if (/^ {2}(violated|missing)\b/.test(line)) return colours.red(line)
  if (/^ {2}(holds up to|inconclusive|vacuous)\b/.test(line)) return colours.yellow(line)
  return line.startsWith('?') ? colours.yellow(line) : line
}
