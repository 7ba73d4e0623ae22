import pc from 'picocolors'

/** Columns of a report: those of the terminal, within what reads well; 100 when there is no terminal. */
export function reportWidth(): number {
  const { columns } = process.stdout
  return columns ? Math.min(100, Math.max(60, columns)) : 100
}

/** Prints lines, with the signs at their beginning in colour where the terminal wants that. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.map(colour).join('\n')}\n`)
}

/** Prints a value as JSON, indented. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}

function colour(line: string): string {
  if (line.startsWith('✗')) return pc.red(line)
  if (line.startsWith('✓')) return pc.green(line)
  if (/^ {2}(violated|missing|broken|still broken)\b/.test(line)) return pc.red(line)
  if (/^ {2}(holds up to|inconclusive|vacuous)\b/.test(line)) return pc.yellow(line)
  return line
}
