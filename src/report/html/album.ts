import type { Album } from '../../page/data.js'
import type { Box, Picture } from '../../picture/picture.js'

/** Things that are often equal, each kept once; `numberOf` gives the place. */
class Kept<T> {
  readonly all: T[] = []
  readonly #places = new Map<string, number>()

  numberOf(thing: T): number {
    const key = JSON.stringify(thing)
    const known = this.#places.get(key)
    if (known !== undefined) return known
    this.#places.set(key, this.all.length)
    return this.all.push(thing) - 1
  }
}

/** Pictures of consecutive states, which differ little, in a form that is small and shows at once what differs. */
export function albumOf(pictures: readonly Picture[]): Album {
  const boxes = new Kept<Box>()
  const sections = new Kept<Album['sections'][number]>()
  const places = pictures.map(picture =>
    picture.sections.map(({ boxes: own, ...section }) =>
      sections.numberOf({ ...section, boxes: own.map(box => boxes.numberOf(box)) }),
    ),
  )
  return { boxes: boxes.all, sections: sections.all, pictures: places }
}
