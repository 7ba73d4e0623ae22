/** What differs from run to run: times and memory. */
const VARYING = /\d[\d,]*(?:\.\d+)? (?:s|MiB)\b/g

function normal(line: string): string {
  return line.replace(VARYING, '#').trim().replace(/ +/g, ' ')
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(normal)
    .filter(line => line !== '')
}

/** The lines of `expected` between its elisions. */
function runsOf(expected: string): string[][] {
  return linesOf(expected)
    .join('\n')
    .split(/(?:^|\n)\s*…(?=\n|$)/)
    .map(run => run.split('\n').filter(line => line !== ''))
}

type Same = (expected: string, actual: string) => boolean

function sameLine(expected: string, actual: string): boolean {
  if (!expected.includes('…')) return expected === actual
  const parts = expected.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(actual)
}

/** The same line, with other numbers in it. */
function sameShape(expected: string, actual: string): boolean {
  return sameLine(expected.replace(/\d[\d,]*/g, '#'), actual.replace(/\d[\d,]*/g, '#'))
}

/**
 * Where in `have` each run begins, or the first run that has no place. A run of lines between two elisions goes to the
 * first place that fits: nothing later could need that place.
 */
function placesOf(runs: readonly string[][], have: readonly string[], same: Same): number[] | { missing: string[] } {
  const places: number[] = []
  let at = 0
  for (const [i, run] of runs.entries()) {
    const free = i > 0
    const fits = (start: number) => run.every((line, k) => start + k < have.length && same(line, have[start + k]))
    if (run.length > 0) {
      if (free && i === runs.length - 1) at = Math.max(at, have.length - run.length)
      else while (free && at <= have.length - run.length && !fits(at)) at++
      if (!fits(at)) return { missing: run }
    }
    places.push(at)
    at += run.length
    if (i === runs.length - 1 && run.length > 0 && at < have.length) {
      return { missing: [`nothing more after '${run.at(-1)}'`] }
    }
  }
  return places
}

/**
 * The first lines of `expected` that `actual` has no match for, or undefined when all is there and nothing else. A line
 * that is `…` stands for any number of lines, `…` inside a line for any text. Blank lines, the width of columns, times
 * and memory are ignored.
 */
export function mismatch(expected: string, actual: string): string | undefined {
  const places = placesOf(runsOf(expected), linesOf(actual), sameLine)
  return 'missing' in places ? places.missing.join('\n') : undefined
}

/**
 * `expected` brought up to date: what it shows of `actual` now, with the same elisions. All of `actual` when more than
 * numbers changed in what it shows.
 */
export function refreshed(expected: string, actual: string): string {
  if (mismatch(expected, actual) === undefined) return expected
  const raw = actual.split('\n')
  const solid = raw.flatMap((line, i) => (normal(line) === '' ? [] : [i]))
  const runs = runsOf(expected)
  const places = placesOf(runs, linesOf(actual), sameShape)
  if ('missing' in places) return actual
  const shown = runs.map((run, i) => {
    const from = solid[places[i]]
    const to = solid[places[i] + run.length - 1]
    return raw.slice(from, run.length === 0 ? from : to + 1)
  })
  // Lines with an elision in them stay while they fit.
  const elided = expected.split('\n').filter(line => line.trim() !== '…' && line.includes('…'))
  const keep = (line: string) => elided.find(old => sameLine(normal(old), normal(line))) ?? line
  return shown.map(lines => lines.map(line => `${keep(line)}\n`).join('')).join('…\n')
}
