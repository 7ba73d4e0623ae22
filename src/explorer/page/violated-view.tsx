import type { ViolatedHere } from '../place.js'

/** A property that is violated in this state: why, and which steps wrote what makes it false. */
export function ViolatedView({
  violated,
  onStep,
}: {
  readonly violated: ViolatedHere
  readonly onStep: (step: number) => void
}) {
  const { property, claim, why } = violated
  return (
    <div class="why" role="status">
      <p>
        <b>✗ {property}</b> is violated here. <span class="dim">Claim: {claim}</span>
      </p>
      <p>{why.reason}</p>
      {why.lines ? <pre>{why.lines.join('\n')}</pre> : null}
      {why.evidence.length > 0 ? (
        <ul>
          {why.evidence.slice(0, 12).map(({ name, value, writtenAt }) => (
            <li key={name}>
              <code>
                {name} = {value}
              </code>
              {writtenAt === undefined
                ? ' as at the start'
                : writtenAt === 0
                  ? ' written by the setup'
                  : ', written at '}
              {writtenAt ? (
                <button type="button" class="link" onClick={() => onStep(writtenAt)}>
                  step {writtenAt}
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
