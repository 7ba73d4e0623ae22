import type { Box, Line, Section } from '../picture/picture.js'

/** What a picture's lines are compared with, and what can be asked of them. */
export interface Before {
  /** The box as it was before; undefined when there was none. All boxes are new where nothing is known of before. */
  readonly boxBefore: (section: string, box: string) => Box | undefined
  /** Whether there is a state before this one to compare with. */
  readonly compared: boolean
  /** Goes to the step that wrote a line last. */
  readonly onLine?: ((section: string, box: string, line: string) => void) | undefined
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
  const style = columns === undefined ? {} : { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }
  return (
    <div class={columns === undefined ? 'boxes' : 'boxes grid'} style={style}>
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
  onLine,
}: { readonly section: Section; readonly box: Box } & Before) {
  const old = compared ? boxBefore(section.title, box.name) : box
  const { at } = box
  const style = at
    ? { gridColumn: `${at.column + 1} / span ${at.span ?? 1}`, ...(at.row !== undefined && { gridRow: at.row + 1 }) }
    : {}
  const fresh = old === undefined
  const retitled = !fresh && old.title !== box.title
  return (
    <div class={`box ${box.tone ?? 'plain'}${fresh ? ' fresh' : ''}`} style={style}>
      <div class="head">
        <b>{box.name}</b>
        {box.title ? <span class={retitled || fresh ? 'changed' : ''}> {box.title}</span> : null}
      </div>
      {box.lines.map(line => (
        <LineView
          key={line.name}
          line={line}
          before={fresh ? undefined : old.lines.find(({ name }) => name === line.name)}
          fresh={fresh}
          onAsk={onLine && (() => onLine(section.title, box.name, line.name))}
        />
      ))}
    </div>
  )
}

/** A value that is longer is not shown as it was before. */
const SHORT = 24

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
  const inside = (
    <>
      {line.name === '' ? null : <span class="name">{line.name} </span>}
      <span class="value">
        {changed && before && before.value.length <= SHORT ? (
          <>
            <s>{before.value}</s>
            <span class="arrow"> → </span>
          </>
        ) : null}
        {line.value}
      </span>
    </>
  )
  if (!onAsk) return <div class={classes.join(' ')}>{inside}</div>
  return (
    <button type="button" class={classes.join(' ')} title="to the step that wrote this" onClick={onAsk}>
      {inside}
    </button>
  )
}
