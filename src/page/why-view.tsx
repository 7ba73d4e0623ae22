import type { ComponentChildren } from 'preact'
import type { Story } from './data.js'

interface WhyProps {
  /** What is violated, or the word `why`. */
  readonly head: ComponentChildren
  readonly why: Story['why']
  readonly onStep: (step: number, run: number) => void
  /** Whether it came while the page was open, and is to be read out. */
  readonly live?: boolean
}

/** Why a property is false, and which steps wrote what makes it false. */
export function WhyView({ head, why: { lines, evidence }, onStep, live = false }: WhyProps) {
  return (
    <div class="why" role={live ? 'status' : undefined}>
      {head}
      {lines.length > 0 ? <pre>{lines.join('\n')}</pre> : null}
      {evidence.length > 0 ? (
        <ul>
          {evidence.map(({ name, value, at, run }) => (
            <li key={name}>
              <code>
                {name} = {value}
              </code>
              {at === undefined ? ', as at the start' : at === 0 ? ', written by the setup' : ', written at '}
              {at ? (
                <button type="button" class="link" onClick={() => onStep(at, run)}>
                  step {at}
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
