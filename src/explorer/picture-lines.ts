import type { Box, Picture, Section } from '../picture/picture.js'
import { paragraph } from '../report/wrap.js'

/** A picture in plain lines, a box on each: those sections of which the title begins with `title`, or all. */
export function pictureLines({ sections }: Picture, title: string, width: number): string[] {
  const wanted = sections.filter(section => section.title.toLowerCase().startsWith(title.toLowerCase()))
  return wanted.flatMap((section, i) => [...(i > 0 ? [''] : []), `  ${section.title}`, ...boxLines(section, width)])
}

function boxLines({ boxes }: Section, width: number): string[] {
  if (boxes.length === 0) return ['    nothing']
  const names = boxes.map(({ name }) => name.length)
  const column = Math.min(24, Math.max(...names)) + 2
  return boxes.flatMap(box => paragraph(`    ${`${box.name}  `.padEnd(column)}`, textOf(box) || '·', width))
}

function textOf({ title, lines }: Box): string {
  const said = lines.map(({ name, value }) => (name === '' ? value : `${name} ${value}`))
  return [...(title ? [title] : []), ...said].join(', ')
}
