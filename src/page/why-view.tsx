import type { ComponentChildren } from 'preact'

interface WhyProps {
  /** What is violated, or the word `why`. */
  readonly head: ComponentChildren
  /** Lines as a tool of the kernel would print them. */
  readonly lines: readonly string[]
  /** What was read, and the step that wrote it: 0 for the setup, undefined where it is as at the start. */
  readonly evidence: readonly {
    readonly name: string
    readonly value: string
    readonly at: number | undefined
    readonly run: number
  }[]
  readonly onStep: (step: number, run: number) => void
  /** Whether it came while the page was open, and is to be read out. */
  readonly live?: boolean
}

/** Why a property is false, and which steps wrote what makes it false. */
export function WhyView({ head, lines, evidence, onStep, live = false }: WhyProps) {
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
