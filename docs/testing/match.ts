/** What differs from run to run: times and memory. */
const VARYING = /\d[\d,]*(?:\.\d+)? (?:s|MiB)\b/g

function linesOf(text: string): string[] {
  return text
    .replace(VARYING, '#')
    .split('\n')
    .map(line => line.trim().replace(/ +/g, ' '))
    .filter(line => line !== '')
}

function sameLine(expected: string, actual: string): boolean {
  if (!expected.includes('…')) return expected === actual
  const parts = expected.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(actual)
}

/**
 * The first lines of `expected` that `actual` has no match for, or undefined when all is there and nothing else. A line
 * that is `…` stands for any number of lines, `…` inside a line for any text. Blank lines, the width of columns, times
 * and memory are ignored.
 */
export function mismatch(expected: string, actual: string): string | undefined {
  const have = linesOf(actual)
  // A run of lines between two elisions goes to the first place that fits: nothing later could need that place.
  let at = 0
  let free = false
  const runs = linesOf(expected)
    .join('\n')
    .split(/(?:^|\n)\s*…(?=\n|$)/)
    .map(run => run.split('\n').filter(line => line !== ''))
  for (const [i, run] of runs.entries()) {
    const last = i === runs.length - 1
    if (run.length > 0) {
      const fits = (start: number) => run.every((line, k) => start + k < have.length && sameLine(line, have[start + k]))
      if (free && last) at = Math.max(at, have.length - run.length)
      else while (free && at <= have.length - run.length && !fits(at)) at++
      if (!fits(at)) return run.join('\n')
      at += run.length
    }
    free = true
    if (last && run.length > 0 && at < have.length) return `nothing more after '${run.at(-1)}'`
  }
  return undefined
}
