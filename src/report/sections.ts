import { UsageError } from '../errors.js'
import type { Picture } from '../picture/picture.js'
import { FIELDS, LOCKS, THREADS } from '../picture/sections.js'
import { didYouMean } from '../program/suggest.js'

/** Whether a section, by its title, is among those that were asked for. */
export type Wanted = (title: string) => boolean

/**
 * Which sections were asked for: their titles with `-` for blanks, or the beginnings of them, with commas between; `all`;
 * or, when true, those that say most: the locks, and the machine as it is drawn, or its fields where no drawing is.
 * @throws UsageError for a name that leads nowhere, which stood behind `flag`
 */
export function sectionsOf({ sections }: Picture, asked: string | true, flag: string): Wanted {
  const titles = sections.map(({ title }) => title)
  if (asked === true)
    return titles.some(isDrawn) ? title => title === LOCKS || isDrawn(title) : title => title !== THREADS
  if (asked === 'all') return () => true
  const names = asked.split(',').map(name => short(name.trim()))
  const known = titles.map(short)
  for (const name of names) {
    if (name !== '' && known.some(title => title.startsWith(name))) continue
    const there = didYouMean(name, known, `give some of ${known.join(', ')}`)
    throw new UsageError(`${flag} ${name}`.trimEnd(), 'is no section', there)
  }
  return title => names.some(name => short(title).startsWith(name))
}

/** The sections of a picture that are wanted. */
export function only({ sections }: Picture, wanted: Wanted): Picture {
  return { sections: sections.filter(({ title }) => wanted(title)) }
}

/** Whether a section was drawn by the model's drawing. */
export function isDrawn(title: string): boolean {
  return title !== LOCKS && title !== THREADS && title !== FIELDS
}

function short(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}
