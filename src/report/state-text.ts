import type { Box, Picture, Section } from '../picture/picture.js'
import { listText, sectionText } from './picture-text.js'

/** A whole state, without the sections in which nothing is. */
export function stateText({ sections }: Picture, width: number): string[] {
  return sections.flatMap(section => (section.boxes.length === 0 ? [] : sectionText(section, width)))
}

/** What of a state is not as it was: the boxes that have changed, are new, or are gone. */
export function changesText(before: Picture, after: Picture, width: number): string[] {
  const sections = [
    ...after.sections.map(section => changed(sectionOf(before, section.title), section)),
    ...before.sections.filter(({ title }) => !sectionOf(after, title)).map(section => changed(section, undefined)),
  ]
  return sections.flatMap(({ title, boxes }) =>
    boxes.length === 0 ? [] : [title, ...listText(boxes, width - 2, false).map(line => `  ${line}`)],
  )
}

function sectionOf({ sections }: Picture, title: string): Section | undefined {
  return sections.find(section => section.title === title)
}

function changed(before: Section | undefined, after: Section | undefined): Section {
  const was = new Map((before?.boxes ?? []).map(box => [box.name, said(box)]))
  const now = after?.boxes ?? []
  const names = new Set(now.map(({ name }) => name))
  const gone = (before?.boxes ?? []).filter(({ name }) => !names.has(name))
  return {
    title: after?.title ?? before?.title ?? '',
    boxes: [
      ...now.filter(box => was.get(box.name) !== said(box)),
      ...gone.map(({ name }): Box => ({ name, title: 'gone', tone: 'quiet', lines: [] })),
    ],
  }
}

/** All that is said of a box; where it stands is not. */
function said({ title = '', lines }: Box): string {
  return JSON.stringify([title, lines.map(({ name, value }) => [name, value])])
}
