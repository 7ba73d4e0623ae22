import type { Place } from '../place.js'
import type { Offer, ThreadAt } from '../threads-at.js'

interface OffersProps {
  readonly place: Place
  readonly onTake: (number: number) => void
  /** Shows what a step would lead to; nothing when undefined. */
  readonly onLook: (offer: Offer | undefined) => void
}

/** What each thread can do now, as buttons with numbers; of those that wait, what for. */
export function OffersView({ place, onTake, onLook }: OffersProps) {
  let number = 0
  const { threads, trace } = place
  return (
    <ul class="offers">
      {threads.map(thread => (
        <li
          key={thread.name}
          class={`thread lane-${laneOf(trace.threads, thread.name)} ${thread.is.replace(' ', '-')}`}
        >
          <ThreadHead thread={thread} />
          {thread.offers.map(offer => {
            const own = ++number
            return <OfferView key={offer.ordinal} offer={offer} number={own} onTake={onTake} onLook={onLook} />
          })}
        </li>
      ))}
    </ul>
  )
}

/** Lanes are numbered as those of the steps are: without the setup. */
export function laneOf(threads: readonly string[], name: string): number {
  return threads.filter(thread => thread !== 'setup').indexOf(name) % 6
}

function ThreadHead({ thread: { name, is, operation, source, label, awaits } }: { readonly thread: ThreadAt }) {
  return (
    <div class="thread-head">
      <b>{name}</b>{' '}
      {is === 'ended' ? (
        <span class="dim">has ended</span>
      ) : (
        <span class="function">
          {operation}() <small>{source}</small>
        </span>
      )}
      {is === 'waiting' ? (
        <p class="waits">
          waits at <code>{label}</code>
          {awaits.map(({ name, value }) => (
            <code key={name} class="awaits">
              {value.startsWith('held by') ? `${name} ${value}` : `${name} = ${value}`}
            </code>
          ))}
        </p>
      ) : null}
      {is === 'held back' ? (
        <p class="waits">
          stands before <code>{label}</code>
        </p>
      ) : null}
    </div>
  )
}

function OfferView({
  offer,
  number,
  onTake,
  onLook,
}: { readonly offer: Offer; readonly number: number } & Omit<OffersProps, 'place'>) {
  const { label, chosen, changes, locals } = offer.step
  const shared = changes.filter(({ ghost }) => !ghost).map(({ name, before, after }) => `${name} ${before}→${after}`)
  const effects = shared.length > 0 ? shared : locals.map(({ name, value }) => `${name} = ${value}`)
  return (
    <button
      type="button"
      class={offer.breaks.length > 0 ? 'offer breaks' : 'offer'}
      onClick={() => onTake(number)}
      onMouseEnter={() => onLook(offer)}
      onMouseLeave={() => onLook(undefined)}
      onFocus={() => onLook(offer)}
      onBlur={() => onLook(undefined)}
    >
      <kbd>{number}</kbd>
      <span class="what">
        <span class="label">{chosen === undefined ? label : `${label} [${chosen}]`}</span>
        {effects.map(effect => (
          <span key={effect} class="effect">
            {effect}
          </span>
        ))}
        {offer.breaks.length > 0 ? <span class="said">violates {offer.breaks.join(', ')}</span> : null}
        {offer.ends === '' ? null : <span class="said">ends the run: {offer.ends}</span>}
      </span>
    </button>
  )
}
