import type { Box } from '../picture/picture.js'
import type { Album } from './data.js'

/** One line of a picture, by the names that lead to it. */
export interface Place {
  readonly section: string
  readonly box: string
  readonly line: string
}

/** The box of that name in a picture; undefined when it has none. */
export function boxAt(album: Album, picture: number, section: string, box: string): Box | undefined {
  for (const number of album.pictures[picture] ?? []) {
    const own = album.sections[number]
    if (own.title === section) return own.boxes.map(at => album.boxes[at]).find(({ name }) => name === box)
  }
  return undefined
}

/** What a line says in a picture; undefined when it is not there. */
export function valueAt(album: Album, picture: number, { section, box, line }: Place): string | undefined {
  const found = boxAt(album, picture, section, box)
  return line === TITLE ? found?.title : found?.lines.find(({ name }) => name === line)?.value
}

/** The name of the line that stands for a box's title. */
export const TITLE = '\u0000title'

/** The last picture up to `picture` in which the line differs from the one before; 0 when it is as at the start. */
export function lastWrite(album: Album, picture: number, place: Place): number {
  for (let at = picture; at > 0; at--) if (valueAt(album, at, place) !== valueAt(album, at - 1, place)) return at
  return 0
}

/** The first picture after `picture` in which the line differs from the one before; undefined when it never does. */
export function nextWrite(album: Album, picture: number, place: Place): number | undefined {
  for (let at = picture + 1; at < album.pictures.length; at++) {
    if (valueAt(album, at, place) !== valueAt(album, at - 1, place)) return at
  }
  return undefined
}
