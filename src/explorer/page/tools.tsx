import { useState } from 'preact/hooks'
import type { Shown, Walk } from './walk.js'

/** What the run can be copied as: the name of the form, and what its button says. */
const FORMS = [
  ['counterexample', 'counterexample'],
  ['test', 'test (TypeScript)'],
  ['text', 'text for a mail'],
  ['mermaid', 'Mermaid'],
] as const

interface ToolsProps {
  readonly shown: Shown
  readonly walk: Walk
}

/** Buttons for ways through the states besides the steps of threads. */
export function Moves({ shown, walk }: ToolsProps) {
  const { place, searching, subject, journey } = shown
  const [property, setProperty] = useState('')
  const busy = searching !== undefined
  return (
    <div class="bar" role="toolbar" aria-label="ways">
      <button
        type="button"
        disabled={busy || place.stops.length < 2}
        onClick={() => walk.back()}
        title="u or Backspace"
      >
        ↶ take back
      </button>
      <button
        type="button"
        disabled={busy || journey.at >= journey.run.ordinals.length}
        onClick={() => walk.on()}
        title="r"
      >
        ↷ again
      </button>
      {busy ? (
        <span class="searching" role="status">
          searching: {searching.toLocaleString('en-US')} states{' '}
          <button type="button" onClick={() => walk.cancel()}>
            stop
          </button>
        </span>
      ) : (
        <span class="search">
          <button
            type="button"
            disabled={place.over !== ''}
            onClick={() => walk.search(property || undefined)}
            title="v"
          >
            run to violation
          </button>{' '}
          <label>
            of{' '}
            <select value={property} onChange={event => setProperty((event.target as HTMLSelectElement).value)}>
              <option value="">any property</option>
              {subject.properties.map(({ name, claim }) => (
                <option key={name} value={name} title={claim}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </span>
      )}
      {place.initialStates > 1 ? (
        <label>
          initial state{' '}
          <select
            value={place.trace.run.initial}
            onChange={event => walk.restart(Number((event.target as HTMLSelectElement).value))}
          >
            {Array.from({ length: Math.min(1000, place.initialStates) }, (_, i) => (
              <option key={i} value={i}>
                {i + 1}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  )
}

/** Buttons that give the run to others, and help. */
export function Copies({ shown, walk }: ToolsProps) {
  const { place, searching } = shown
  const [help, setHelp] = useState(false)
  const busy = searching !== undefined
  return (
    <div class="bar copies" role="toolbar" aria-label="copies">
      copy as
      {FORMS.map(([form, label]) => (
        <button
          key={form}
          type="button"
          disabled={busy || (form === 'counterexample' && place.violated.length === 0)}
          title={form === 'counterexample' ? 'where a property is violated' : undefined}
          onClick={() => walk.handOut(form)}
        >
          {label}
        </button>
      ))}
      <button
        type="button"
        disabled={busy || place.violated.length === 0}
        title="the shortest run to this violation, found by a search from the start"
        onClick={() => walk.smallest()}
      >
        smallest counterexample
      </button>
      <button type="button" aria-expanded={help} onClick={() => setHelp(!help)} title="?">
        keys
      </button>
      {help ? (
        <p class="help">
          <kbd>1</kbd> … <kbd>9</kbd> take the step of that number · <kbd>u</kbd> or <kbd>Backspace</kbd> take back ·{' '}
          <kbd>r</kbd> again what was taken back · <kbd>v</kbd> run to the nearest violation · <kbd>Tab</kbd> to a
          value, <kbd>Enter</kbd> or <kbd>w</kbd>: to the step that wrote it · <kbd>Esc</kbd> stop a search, or put away
          what was copied · <kbd>?</kbd> this. The address of this page holds the run: load it again, and it is as it
          is.
        </p>
      ) : null}
    </div>
  )
}
