import pc from 'picocolors'
import { jsonText } from '../report/json-text.js'
import { printable } from '../report/wrap.js'

type Stream = NodeJS.WriteStream

/** Whether lines can be written over on a stream: it is a terminal, and no log of a CI that looks like one. */
export function rewrites(stream: Stream): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI
}

/** Colour only where a person looks; NO_COLOR and FORCE_COLOR decide otherwise. */
export function colourise(stream: Stream): (line: string) => string {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const forced = FORCE_COLOR ? FORCE_COLOR !== '0' : undefined
  const colours = pc.createColors(!NO_COLOR && (forced ?? (stream.isTTY === true && TERM !== 'dumb')))
  return line => {
    if (line.startsWith('✗')) return colours.red(line)
    if (line.startsWith('✓')) return colours.green(line)
    if (/^ {2}(violated|missing|dead)\b/.test(line)) return colours.red(line)
    if (/^ {2}(holds up to|inconclusive|vacuous)\b/.test(line)) return colours.yellow(line)
    return /^(\?|▸ slow)/.test(line) ? colours.yellow(line) : line
  }
}

/** Columns of a report: those of the terminal, within what reads well; 100 when there is no terminal. */
export function reportWidth(): number {
  const { columns } = process.stdout
  return columns ? Math.min(100, Math.max(60, columns)) : 100
}

/** Prints lines of safe text, with the signs at their beginning in colour where the terminal wants that. */
export function print(
  lines: readonly string[],
  stream: Stream = process.stdout,
  paint: (line: string) => string = colourise(stream),
): void {
  stream.write(`${lines.map(line => paint(printable(line))).join('\n')}\n`)
}

/** Prints a value as JSON, indented, in a form that is safe to look at. */
export function printJson(value: unknown): void {
  process.stdout.write(jsonText(value))
}
