import type { Counterexample } from '../../check/counterexample.js'
import { packageVersion } from '../../project/package-root.js'
import { AlbumBuilder } from './album.js'
import { page } from './page.js'
import { headOf, type StoryContext, storyOf } from './story.js'

/** One counterexample as an HTML file. */
export function counterexamplePage(found: Counterexample, context: StoryContext): string {
  const album = new AlbumBuilder()
  const story = storyOf(found, context, album)
  const title = `${story.scenario} · ${story.property} · ${story.kernel}`
  return page(
    { version: packageVersion(), title, run: undefined, stories: [headOf(story)] },
    [story],
    album.album,
    story.text,
  )
}
