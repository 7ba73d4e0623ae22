import { WhyView } from '../../page/why-view.js'
import type { ViolatedHere } from '../place.js'

/** What is said of what was read, at most. */
const MOST = 12

/** A property that is violated in this state: why, and which steps wrote what makes it false. */
export function ViolatedView({
  violated,
  onStep,
}: {
  readonly violated: ViolatedHere
  readonly onStep: (step: number) => void
}) {
  const { property, claim, why } = violated
  const evidence = why.evidence.slice(0, MOST).map(({ name, value, writtenAt: at }) => ({ name, value, at, run: 0 }))
  const head = (
    <>
      <p>
        <b>✗ {property}</b> is violated here. <span class="dim">Claim: {claim}</span>
      </p>
      <p>{why.reason}</p>
    </>
  )
  return <WhyView live head={head} why={{ lines: why.lines ?? [], evidence }} onStep={onStep} />
}
