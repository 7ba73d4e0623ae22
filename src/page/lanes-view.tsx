import { useEffect, useRef } from 'preact/hooks'
import type { StoryStep } from './data.js'
import { Effects } from './effects.js'
import { reveal } from './reveal.js'

interface LanesProps {
  /** Threads in the order of their lanes. */
  readonly threads: readonly string[]
  /** The same threads and others, in the order of their colours; those of the lanes unless given. */
  readonly colours?: readonly string[]
  /** Threads that cannot go on from where the run is. */
  readonly waiting?: readonly string[]
  readonly steps: readonly StoryStep[]
  readonly loopFrom?: number | undefined
  /** The step that is shown, from 1; 0 before the first. */
  readonly current: number
  readonly onStep: (step: number) => void
  /** Whether the last step is the violation. */
  readonly violated: boolean
}

/** Steps from top to bottom, each in the lane of its thread. */
export function LanesView({
  threads,
  colours = threads,
  waiting = [],
  steps,
  loopFrom,
  current,
  onStep,
  violated,
}: LanesProps) {
  const chosen = useRef<HTMLLIElement>(null)
  const seen = useRef(0)
  // Not when the page opens at the start: its head is to be read first.
  useEffect(() => {
    if (seen.current !== current && chosen.current) reveal(chosen.current)
    seen.current = current
  }, [current])
  const colourOf = (thread: string) => `lane-${colours.indexOf(thread) % 6}`
  const lastCalls = new Map<string, string>()
  return (
    <div class="lanes" style={{ '--lanes': Math.max(2, threads.length) }}>
      <div class="lane-heads">
        {threads.map((thread, i) => (
          <span key={thread} class={`lane-head ${colourOf(thread)}`} style={{ gridColumn: i + 2 }}>
            {thread}
            {waiting.includes(thread) ? <small> waits</small> : null}
          </span>
        ))}
      </div>
      <ol class="steps">
        <li ref={current === 0 ? chosen : null} class={current === 0 ? 'current step' : 'step'}>
          <button
            type="button"
            class="start"
            aria-current={current === 0 ? 'step' : undefined}
            onClick={() => onStep(0)}
          >
            <span class="number">0</span> start
          </button>
        </li>
        {steps.map((step, i) => {
          const number = i + 1
          const lane = threads.indexOf(step.thread)
          const calls = step.stack.join('/')
          const entered = lastCalls.get(step.thread) !== calls
          lastCalls.set(step.thread, calls)
          const classes = [
            'step',
            ...(number === current ? ['current'] : []),
            ...(current > 0 && number > current ? ['later'] : []),
            ...(loopFrom !== undefined && number >= loopFrom ? ['loops'] : []),
            ...(violated && number === steps.length ? ['last'] : []),
          ]
          return (
            <li key={number} ref={number === current ? chosen : null} class={classes.join(' ')}>
              {number === loopFrom ? <p class="loop-mark">from here on, for ever</p> : null}
              <button
                type="button"
                aria-current={number === current ? 'step' : undefined}
                onClick={() => onStep(number)}
              >
                <span class="number">{number}</span>
                <span class={`body ${colourOf(step.thread)}`} style={{ '--at': lane + 2 }}>
                  <span class="who">{step.thread}</span>
                  {entered && step.stack.length > 0 ? (
                    <span class="function">
                      {step.stack.at(-1)}() <small>{step.source}</small>
                    </span>
                  ) : null}
                  <span class="label">{step.label}</span>
                  <Effects step={step} />
                </span>
              </button>
            </li>
          )
        })}
        {loopFrom === undefined ? null : <li class="loop-mark">and again from step {loopFrom}</li>}
      </ol>
    </div>
  )
}
