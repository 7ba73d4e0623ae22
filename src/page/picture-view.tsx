import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Box, Line, Section } from '../picture/picture.js'
import { TITLE, type Told } from './changes.js'
import { revealColumn } from './reveal.js'

/** What a picture's lines are compared with, and what can be asked of them. */
export interface Before {
  /** The box as it was before; undefined when there was none. All boxes are new where nothing is known of before. */
  readonly boxBefore: (section: string, box: string) => Box | undefined
  /** Whether there is a state before this one to compare with. */
  readonly compared: boolean
  /** Goes to the step that wrote something last. */
  readonly onTold?: ((told: Told) => void) | undefined
}

/** Sections of boxes, with what changed marked. Those named in `folded` are shown when they are opened. */
export function PictureView({
  sections,
  folded = [],
  ...before
}: { readonly sections: readonly Section[]; readonly folded?: readonly string[] } & Before) {
  return (
    <div class="picture">
      {sections.map(section =>
        folded.includes(section.title) ? (
          <details key={section.title} class="section">
            <summary>{section.title}</summary>
            <Boxes section={section} {...before} />
          </details>
        ) : (
          <section key={section.title} class="section">
            <h3>{section.title}</h3>
            <Boxes section={section} {...before} />
          </section>
        ),
      )}
    </div>
  )
}

function Boxes({ section, ...before }: { readonly section: Section } & Before) {
  const { columns } = section
  const style = columns === undefined ? {} : { '--columns': columns }
  const grid = useRef<HTMLDivElement>(null)
  const first = useRef(true)
  useLayoutEffect(() => {
    if (columns !== undefined && grid.current) revealColumn(grid.current, first.current)
    first.current = false
  })
  return (
    <div ref={grid} class={columns === undefined ? 'boxes' : 'boxes grid'} style={style}>
      {section.boxes.map(box => (
        <BoxView key={box.name} section={section} box={box} {...before} />
      ))}
    </div>
  )
}

function BoxView({
  section,
  box,
  compared,
  boxBefore,
  onTold,
}: { readonly section: Section; readonly box: Box } & Before) {
  const old = compared ? boxBefore(section.title, box.name) : box
  const { at } = box
  const style = at
    ? { gridColumn: `${at.column + 1} / span ${at.span ?? 1}`, ...(at.row !== undefined && { gridRow: at.row + 1 }) }
    : {}
  const fresh = old === undefined
  const ask = (line: string) => onTold && (() => onTold({ section: section.title, box: box.name, line }))
  const retitled = !fresh && old.title !== box.title
  return (
    <div class={`box ${box.tone ?? 'plain'}${fresh ? ' fresh' : ''}`} style={style}>
      <div class="head">
        <b>{box.name}</b>
        {box.title ? ' ' : null}
        {box.title ? (
          <Asked classes={['title', ...(retitled || fresh ? ['changed'] : [])]} onAsk={ask(TITLE)}>
            {retitled && old.title ? <Was value={old.title} /> : null}
            {box.title}
          </Asked>
        ) : null}
      </div>
      {box.lines.map(line => (
        <LineView
          key={line.name}
          line={line}
          before={fresh ? undefined : old.lines.find(({ name }) => name === line.name)}
          fresh={fresh}
          onAsk={ask(line.name)}
        />
      ))}
    </div>
  )
}

function LineView({
  line,
  before,
  fresh,
  onAsk,
}: {
  readonly line: Line
  readonly before: Line | undefined
  readonly fresh: boolean
  readonly onAsk: (() => void) | undefined
}) {
  const changed = !fresh && before?.value !== line.value
  const classes = ['line', line.tone ?? 'plain', ...(changed ? ['changed'] : []), ...(line.ghost ? ['ghost'] : [])]
  return (
    <Asked classes={classes} onAsk={onAsk}>
      {line.name === '' ? null : <span class="name">{line.name} </span>}
      <span class="value">
        {changed && before ? <Was value={before.value} /> : null}
        {line.value}
      </span>
    </Asked>
  )
}

/** A value that is longer is not shown as it was before. */
const SHORT = 24

/** What was said before. */
function Was({ value }: { readonly value: string }) {
  if (value.length > SHORT) return null
  return (
    <>
      <s>{value}</s>
      <span class="arrow"> → </span>
    </>
  )
}

/** Something that is said, as a button where there is something to be asked of it. */
function Asked({
  classes,
  onAsk,
  children,
}: {
  readonly classes: readonly string[]
  readonly onAsk: (() => void) | undefined
  readonly children: ComponentChildren
}) {
  if (!onAsk) return <span class={classes.join(' ')}>{children}</span>
  return (
    <button type="button" class={['told', ...classes].join(' ')} title="to the step that wrote this" onClick={onAsk}>
      {children}
    </button>
  )
}
