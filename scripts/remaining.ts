// Measures how often the interval that a running search gives for its size contains the truth: for every built-in
// scenario, every level at which it is given. Prints one line per model. `remaining.ts <model>…` for some models only.

import { compile, createTreeStore, explore, PackedSystem } from 'foliocheck'
import { LEVELS_KEPT } from '../src/explore/progress.js'
import { remaining } from '../src/explore/remaining.js'
import { applicable } from '../src/project/applicable.js'
import { loadProject, newest } from '../src/project/load.js'

/** Smaller spaces are searched before anyone looks. */
const SMALLEST = 2000
const SECONDS = 20

interface Score {
  /** Levels that were looked at, those at which both ends were given, and those at which both were right. */
  looked: number
  given: number
  right: number
  /** Levels at which the lower end was given, and at which it was right. */
  low: number
  lowRight: number
  /** Upper over lower end, of all states, where both were given. */
  readonly widths: number[]
}

function scoreOf(sizes: readonly number[]): Score {
  const score: Score = { looked: 0, given: 0, right: 0, low: 0, lowRight: 0, widths: [] }
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let opened = 0
  sizes.forEach((size, i) => {
    opened += size
    // Of the very beginning nobody sees anything, and at the last level there is nothing to guess.
    if (opened < total / 50 || i === sizes.length - 1) return
    score.looked++
    const levelSizes = sizes.slice(Math.max(0, i + 1 - LEVELS_KEPT), i + 1)
    const guess = remaining({ levels: i + 1, opened, levelSizes })
    if (!guess) return
    const truth = total - opened
    score.low++
    if (truth >= guess.least) score.lowRight++
    if (guess.most === undefined) return
    score.given++
    if (truth >= guess.least && truth <= guess.most) score.right++
    score.widths.push((opened + guess.most) / (opened + guess.least))
  })
  return score
}

const percent = (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`)
const mean = (scores: readonly Score[], of: (score: Score) => number, over: (score: Score) => number) => {
  const some = scores.filter(score => over(score) > 0)
  return percent(
    some.reduce((sum, score) => sum + of(score) / over(score), 0),
    some.length,
  )
}

console.log('model | scenarios | both ends given | both right | lower end right | median width')
const models =
  process.argv.length > 2 ? process.argv.slice(2) : ['life-cycle', 'page-table', 'svm', 'page-table-matrix']
for (const model of models) {
  const project = await loadProject(model)
  const kernel = newest(project)
  const scores = project.scenarios
    .filter(scenario => applicable(kernel, scenario))
    .flatMap(scenario => {
      const system = new PackedSystem(compile(kernel, scenario))
      const { states, stopped, levelSizes } = explore(system, [], createTreeStore(system.words), {
        limits: { seconds: SECONDS },
      })
      return stopped === undefined && states >= SMALLEST ? [scoreOf(levelSizes)] : []
    })
  const widths = scores.flatMap(score => score.widths).sort((a, b) => a - b)
  console.log(
    [
      model,
      scores.length,
      mean(
        scores,
        score => score.given,
        score => score.looked,
      ),
      mean(
        scores,
        score => score.right,
        score => score.given,
      ),
      mean(
        scores,
        score => score.lowRight,
        score => score.low,
      ),
      widths[Math.floor(widths.length / 2)]?.toFixed(1) ?? '–',
    ].join(' | '),
  )
}
