import type { Box, Line, Picture, Section } from '../picture/picture.js'
import { wrap } from './wrap.js'

/** A column of a grid is as wide as this or wider; columns for which there is no room go below. */
const NARROWEST = 15
const GAP = 2

/** The picture with each of its texts made safe, before it is laid out. */
export function cleaned({ sections }: Picture, clean: (text: string) => string): Picture {
  const line = (of: Line): Line => ({ ...of, name: clean(of.name), value: clean(of.value) })
  const box = (of: Box): Box => ({
    ...of,
    name: clean(of.name),
    ...(of.title !== undefined && { title: clean(of.title) }),
    lines: of.lines.map(line),
  })
  return { sections: sections.map(of => ({ ...of, title: clean(of.title), boxes: of.boxes.map(box) })) }
}

/** A section as plain text: a grid in columns, other boxes one below the other. */
export function sectionText({ title, boxes, columns }: Section, width: number): string[] {
  const body = columns === undefined ? listText(boxes, width - 2) : gridText(boxes, columns, width - 2)
  return [...wrap(title, width), ...body.map(line => (line === '' ? '' : `  ${line}`))]
}

/** Boxes one below the other, what is said of each in one paragraph; where nothing is, they may share one at the end. */
export function listText(boxes: readonly Box[], width: number, gather = true): string[] {
  const isQuiet = ({ tone, title, lines }: Box) =>
    gather && tone === 'quiet' && title !== undefined && lines.length === 0
  const quiet = new Map<string, string[]>()
  for (const { name, title = '' } of boxes.filter(isQuiet)) quiet.set(title, [...(quiet.get(title) ?? []), name])
  const entries = [
    ...boxes
      .filter(box => !isQuiet(box))
      .map(({ name, title, lines }) => ({
        name,
        text: [...(title ? [title] : []), ...lines.map(lineText)].join(', '),
      })),
    ...[...quiet].map(([name, names]) => ({ name, text: ranges(names).join(', ') })),
  ]
  const longest = Math.max(0, ...entries.map(({ name }) => name.length))
  const indent = Math.min(longest + GAP, Math.floor(width / 2))
  return entries.flatMap(entry => {
    const name = wrap(entry.name, indent - GAP)
    const said = wrap(entry.text, width - indent)
    return Array.from({ length: Math.max(name.length, said.length) }, (_, i) =>
      `${(name[i] ?? '').padEnd(indent)}${said[i] ?? ''}`.trimEnd(),
    )
  })
}

/** `p0..p3, p5` for names that differ by their numbers. */
function ranges(names: readonly string[]): string[] {
  const runs: { stem: string; from: number; to: number }[] = []
  for (const name of names) {
    const [, stem = name, digits] = /^(.*?)(\d{1,9})$/.exec(name) ?? []
    const number = digits === undefined ? NaN : Number(digits)
    const last = runs.at(-1)
    if (last && last.stem === stem && number === last.to + 1) last.to = number
    else runs.push({ stem, from: number, to: number })
  }
  return runs.map(({ stem, from, to }) => {
    if (Number.isNaN(from)) return stem
    const between = to === from + 1 ? ', ' : '..'
    return from === to ? `${stem}${from}` : `${stem}${from}${between}${stem.split(' ').at(-1) ?? ''}${to}`
  })
}

/** Boxes in their rows and columns; of many columns as many side by side as there is room for. */
function gridText(boxes: readonly Box[], columns: number, width: number): string[] {
  const most = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)))
  const greedy = bandsOf(boxes, columns, most)
  const even = bandsOf(boxes, columns, Math.ceil(columns / greedy.length))
  const bands = even.length > greedy.length ? greedy : even
  const cell = Math.floor((width + GAP) / Math.max(...bands.map(({ from, to }) => to - from))) - GAP
  return bands.flatMap(({ from, to }) => {
    const within = boxes.filter(({ at }) => (at?.column ?? 0) >= from && (at?.column ?? 0) < to)
    const rows = [...new Set(within.map(({ at }) => at?.row ?? 0))].sort((a, b) => a - b)
    return rows.flatMap(row => {
      const drawn = within
        .filter(({ at }) => (at?.row ?? 0) === row)
        .sort((a, b) => (a.at?.column ?? 0) - (b.at?.column ?? 0))
        .map(box => {
          const { column = 0, span = 1 } = box.at ?? {}
          const wide = Math.min(span, to - column)
          return { x: (column - from) * (cell + GAP), text: boxText(box, wide * (cell + GAP) - GAP) }
        })
      const height = Math.max(...drawn.map(({ text }) => text.length))
      return Array.from({ length: height }, (_, y) =>
        drawn.reduce((line, { x, text }) => `${line.padEnd(x)}${text[y] ?? ''}`, '').trimEnd(),
      )
    })
  })
}

/** Ranges of at most `most` columns that cut no box in two, where that is possible. */
function bandsOf(boxes: readonly Box[], columns: number, most: number): { from: number; to: number }[] {
  const cuts = (column: number) =>
    boxes.some(({ at }) => (at?.column ?? 0) < column && (at?.column ?? 0) + (at?.span ?? 1) > column)
  const bands: { from: number; to: number }[] = []
  for (let from = 0; from < columns; ) {
    let to = Math.min(columns, from + most)
    while (to > from + 1 && cuts(to)) to--
    if (cuts(to)) to = Math.min(columns, from + most)
    bands.push({ from, to })
    from = to
  }
  return bands
}

/** A box in a column: its name, and a line for each thing that is said of it. */
function boxText(box: Box, width: number): string[] {
  const head = [box.name, box.title].filter(Boolean).join(': ')
  return [...wrap(head, width), ...box.lines.flatMap(line => hanging(lineText(line), width))]
}

/** A line below the name of its box, its continuation further in. */
function hanging(text: string, width: number): string[] {
  return wrap(text, Math.max(1, width - 4)).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`)
}

/** `refs 2`; what no operation sees stands in brackets, and what should not be after a `!`. */
function lineText({ name, value, tone, ghost }: Line): string {
  const text = [name, value].filter(part => part !== '').join(' ')
  return `${tone === 'alarm' ? '! ' : ''}${ghost ? `(${text})` : text}`
}
