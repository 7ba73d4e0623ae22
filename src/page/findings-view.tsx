import { useState } from 'preact/hooks'
import type { StoryHead } from './data.js'
import { linkTo } from './route.js'

interface Numbered extends StoryHead {
  readonly number: number
}

/** The counterexamples: those that nobody expects one by one, known ones by property. */
export function FindingsView({ stories }: { readonly stories: readonly StoryHead[] }) {
  const all = stories.map((story, number) => ({ ...story, number }))
  const unexpected = all.filter(({ note }) => note === undefined)
  const known = all.filter(({ note }) => note !== undefined)
  const properties = [...new Set(known.map(({ property }) => property))]
  return (
    <section>
      <h2>counterexamples</h2>
      {unexpected.length === 0 ? <p>None that is not known.</p> : <Heads heads={unexpected} />}
      {known.length > 0 ? (
        <>
          <h3>known, each with its reason</h3>
          {properties.map(property => (
            <Group key={property} property={property} heads={known.filter(head => head.property === property)} />
          ))}
        </>
      ) : null}
    </section>
  )
}

function Group({ property, heads }: { readonly property: string; readonly heads: readonly Numbered[] }) {
  const [open, setOpen] = useState(heads.length <= 3)
  return (
    <details open={open} onToggle={event => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary>
        {property} ({heads.length})
      </summary>
      {open ? <Heads heads={heads} /> : null}
    </details>
  )
}

function Heads({ heads }: { readonly heads: readonly Numbered[] }) {
  return (
    <ul class="findings">
      {heads.map(({ number, scenario, property, kernel, steps, reason, note }) => (
        <li key={number}>
          <a href={linkTo({ story: number })}>
            <b>{property}</b> in {scenario}
          </a>{' '}
          <small>
            kernel {kernel}, {steps} steps
          </small>
          <br />
          {reason}
          {note === undefined ? null : <p class="note">{note}</p>}
        </li>
      ))}
    </ul>
  )
}
