import { useState } from 'preact/hooks'
import type { StoryRun } from './data.js'

interface ControlsProps {
  readonly step: number
  readonly run: StoryRun
  readonly at: (step: number) => void
}

/** The step that follows; the last of a loop is followed by its first, the last of other runs by none. */
export function nextOf(step: number, { steps, loopFrom }: StoryRun): number {
  return step < steps.length ? step + 1 : (loopFrom ?? step)
}

/** Buttons and a slider for ways along a run. */
export function Controls({ step, run, at }: ControlsProps) {
  const { loopFrom } = run
  const last = run.steps.length
  const [help, setHelp] = useState(false)
  const end = loopFrom === undefined ? 'to the violation' : 'to the end of the loop'
  return (
    <div class="controls" role="toolbar" aria-label="steps">
      <button type="button" disabled={step === 0} onClick={() => at(0)} aria-label="to the start">
        |◀
      </button>
      <button type="button" disabled={step === 0} onClick={() => at(step - 1)} aria-label="previous step">
        ◀
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={step}
        aria-label="step"
        onInput={event => at(Number((event.target as HTMLInputElement).value))}
      />
      <button
        type="button"
        disabled={nextOf(step, run) === step}
        onClick={() => at(nextOf(step, run))}
        aria-label={step === last && loopFrom !== undefined ? 'round the loop again' : 'next step'}
      >
        {step === last && loopFrom !== undefined ? '↻' : '▶'}
      </button>
      <button type="button" disabled={step === last} onClick={() => at(last)} aria-label={end}>
        ▶|
      </button>
      <output>
        step {step} of {last}
        {loopFrom === undefined ? null : (
          <span class="in-loop">
            {step < loopFrom
              ? `, before the loop of ${loopFrom} to ${last}`
              : `, in the loop of ${loopFrom} to ${last}`}
          </span>
        )}
      </output>
      <button type="button" aria-expanded={help} onClick={() => setHelp(!help)}>
        keys
      </button>
      {help ? (
        <p class="help">
          <kbd>←</kbd> <kbd>→</kbd> or <kbd>k</kbd> <kbd>j</kbd> previous and next step · <kbd>Home</kbd> <kbd>End</kbd>{' '}
          start and {loopFrom === undefined ? 'violation' : 'end of the loop'} · <kbd>Tab</kbd> to a value,{' '}
          <kbd>Enter</kbd> or <kbd>w</kbd>: to the step that wrote it · <kbd>Esc</kbd> all results
        </p>
      ) : null}
    </div>
  )
}
