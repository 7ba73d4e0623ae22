import type { Album, StoryStep } from '../../page/data.js'
import type { Box, Picture } from '../../picture/picture.js'
import { Kept } from './kept.js'

/** Collects what the stories of a page are made of, so that a page of hundreds stays small. */
export class AlbumBuilder {
  readonly #steps = new Kept<StoryStep>()
  readonly #boxes = new Kept<Box>()
  readonly #sections = new Kept<Album['sections'][number]>()

  step(step: StoryStep): number {
    return this.#steps.placeOf(step)
  }

  picture({ sections }: Picture): number[] {
    return sections.map(({ boxes, ...section }) =>
      this.#sections.placeOf({ ...section, boxes: boxes.map(box => this.#boxes.placeOf(box)) }),
    )
  }

  get album(): Album {
    return { steps: this.#steps.all, boxes: this.#boxes.all, sections: this.#sections.all }
  }
}
