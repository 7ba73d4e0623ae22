import type { StoryStep } from './data.js'

/** What a step changed of what all share, or of its locals where it changed nothing else; and what it reported. */
export function Effects({ step }: { readonly step: StoryStep }) {
  const shared = step.changes.filter(({ kind }) => kind === 'shared')
  const shown = shared.length > 0 ? shared : step.changes.filter(({ kind }) => kind === 'local')
  return (
    <>
      {shown.map(({ text }) => (
        <span key={text} class="effect">
          {text}
        </span>
      ))}
      {step.said.map(text => (
        <span key={text} class="said">
          {text}
        </span>
      ))}
    </>
  )
}
