import type { Box } from '../picture/picture.js'
import type { Album } from './data.js'

/** The pictures of one run, with the album that they are made from. */
export interface Film {
  readonly album: Album
  readonly pictures: readonly (readonly number[])[]
}

/** One line of a picture, by the names that lead to it. */
export interface Place {
  readonly section: string
  readonly box: string
  readonly line: string
}

/** The box of that name in a picture; undefined when it has none. */
export function boxAt(film: Film, picture: number, section: string, box: string): Box | undefined {
  const { album, pictures } = film
  for (const number of pictures[picture] ?? []) {
    const own = album.sections[number]
    if (own.title === section) return own.boxes.map(at => album.boxes[at]).find(({ name }) => name === box)
  }
  return undefined
}

/** What a line says in a picture; undefined when it is not there. */
export function valueAt(film: Film, picture: number, { section, box, line }: Place): string | undefined {
  const found = boxAt(film, picture, section, box)
  return line === TITLE ? found?.title : found?.lines.find(({ name }) => name === line)?.value
}

/** The name of the line that stands for a box's title. */
export const TITLE = '\u0000title'

/** The last picture up to `picture` in which the line differs from the one before; 0 when it is as at the start. */
export function lastWrite(film: Film, picture: number, place: Place): number {
  for (let at = picture; at > 0; at--) if (valueAt(film, at, place) !== valueAt(film, at - 1, place)) return at
  return 0
}
