import type { Box, Section } from '../picture/picture.js'
import type { Album } from './data.js'

/** The pictures of one run, with the album that they are made from. */
export interface Film {
  readonly album: Album
  readonly pictures: readonly (readonly number[])[]
}

/** One thing that a picture says, by the names that lead to it. */
export interface Told {
  readonly section: string
  readonly box: string
  /** A line's name, or `TITLE`. */
  readonly line: string
}

/** Stands for the title of a box where lines go by their names. */
export const TITLE = '\u0000title'

/** The sections of a picture; none where there is no such picture. */
export function sectionsAt({ album, pictures }: Film, picture: number): Section[] {
  return (pictures[picture] ?? []).map(number => {
    const { boxes, ...section } = album.sections[number]
    return { ...section, boxes: boxes.map(box => album.boxes[box]) }
  })
}

/** The box of that name; undefined when there is none. */
export function boxIn(sections: readonly Section[], section: string, box: string): Box | undefined {
  return sections.find(({ title }) => title === section)?.boxes.find(({ name }) => name === box)
}

/** The last picture up to `picture` in which something is told otherwise than in the one before; 0 when it is as at the start. */
export function lastWrite(sections: (picture: number) => readonly Section[], picture: number, told: Told): number {
  let after = valueIn(sections(picture), told)
  for (let at = picture; at > 0; at--) {
    const before = valueIn(sections(at - 1), told)
    if (before !== after) return at
    after = before
  }
  return 0
}

function valueIn(sections: readonly Section[], { section, box, line }: Told): string | undefined {
  const found = boxIn(sections, section, box)
  return line === TITLE ? found?.title : found?.lines.find(({ name }) => name === line)?.value
}
