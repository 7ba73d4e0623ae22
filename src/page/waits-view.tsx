import type { Wait } from './waits.js'

/** Who cannot go on, and for which locks. */
export function WaitsView({ waits }: { readonly waits: readonly Wait[] }) {
  return (
    <>
      {waits.map(({ thread, at, locks }) => (
        <p key={thread} class="waits">
          <b>{thread}</b> waits at <code>{at}</code>
          {locks.map(({ name, holder }) => (
            <span key={name}>
              {' '}
              for <code>{name}</code>, held by {holder}
            </span>
          ))}
        </p>
      ))}
    </>
  )
}
