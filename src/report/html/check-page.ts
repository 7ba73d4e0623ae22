import type { Row } from '../../check/rows.js'
import { packageVersion } from '../../project/package-root.js'
import type { CheckRun } from '../check-run.js'
import { AlbumBuilder } from './album.js'
import { page } from './page.js'
import { runDataOf } from './run-data.js'
import { headOf, storyOf } from './story.js'

/** A whole run of `check` as one HTML file: what came of every scenario and property, and each counterexample. */
export function checkPage(run: CheckRun): string {
  // What is not expected comes first, wherever counterexamples are listed.
  const told = run.rows
    .flat()
    .filter(row => row.counterexample !== null)
    .sort((a, b) => Number(a.asExpected) - Number(b.asExpected))
  const numbers = new Map<Row, number>(told.map((row, i) => [row, i]))
  const album = new AlbumBuilder()
  const stories = told.flatMap(row => {
    const { counterexample: found } = row
    if (!found) return []
    const kernel = run.kernels.find(({ name, patches }) => name === found.kernel && same(patches, found.patches))
    const models = kernel ? { project: run.project, kernel } : 'its kernel is not at hand'
    return [storyOf(found, { models, note: row.asExpected ? row.note : undefined, replay: run.replay(row) }, album)]
  })
  const data = runDataOf(run, row => numbers.get(row))
  const title = `foliocheck: model ${data.model}`
  const unexpected = stories.filter(story => story.note === undefined).map(story => story.text)
  const plain = [title, '', ...data.summary, data.exit, '', ...data.failures, ...unexpected].join('\n')
  return page(
    { version: packageVersion(), title, run: data, stories: stories.map(headOf) },
    stories,
    album.album,
    plain,
  )
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}
