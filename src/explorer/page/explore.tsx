import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { boxIn, type Told } from '../../page/changes.js'
import { LanesView } from '../../page/lanes-view.js'
import { PictureView } from '../../page/picture-view.js'
import { askOfFocused } from '../../page/told-key.js'
import type { Picture } from '../../picture/picture.js'
import { FIELDS } from '../../picture/sections.js'
import type { Place } from '../place.js'
import type { Offer } from '../threads-at.js'
import { HandedView } from './handed-view.js'
import { OffersView } from './offers-view.js'
import { Copies, Moves } from './tools.js'
import { ViolatedView } from './violated-view.js'
import { type Shown, Walk } from './walk.js'

/** The name of the thread that runs a setup. */
const SETUP = 'setup'

function Explore({ shown, walk }: { readonly shown: Shown; readonly walk: Walk }) {
  const { place, journey, steps, setup, message, handed } = shown
  const [looked, look] = useState<Offer>()
  // What was looked at is gone once a step was taken.
  useEffect(() => look(undefined), [place])
  useKeys(walk)
  const current = Math.max(0, journey.at - setup)
  const threads = place.trace.threads.filter(thread => thread !== SETUP)
  return (
    <main class="explore">
      <header>
        <h1>
          {place.scenario}{' '}
          <small>
            kernel {place.kernel}
            {place.storeOrder === 'sc' ? null : `, store order ${place.storeOrder}`}
          </small>
        </h1>
        <p class="about">{place.about}</p>
      </header>
      <div class="controls">
        <Moves shown={shown} walk={walk} />
        <Copies shown={shown} walk={walk} />
      </div>
      {message === '' ? null : (
        <p class="message" role="status">
          {message}
        </p>
      )}
      {handed ? <HandedView handed={handed} /> : null}
      {place.violated.map(violated => (
        <ViolatedView key={violated.property} violated={violated} onStep={step => walk.goTo(step)} />
      ))}
      <div class="stage">
        <div class="left">
          <section class="taken" aria-label="steps taken">
            <LanesView
              threads={threads}
              steps={steps}
              loopFrom={place.trace.loopFrom}
              current={current}
              onStep={step => walk.goTo(step)}
              waiting={place.threads.flatMap(({ name, is }) => (is === 'waiting' ? [name] : []))}
              violated={place.violated.length > 0 && current === steps.length && place.trace.loopFrom === undefined}
            />
          </section>
          <section class="next" aria-label="steps that can be taken">
            <h2>{inSetup(place) ? 'the setup, before the threads start' : 'next'}</h2>
            {place.over === '' ? null : <p class="over">The run is over: {place.over}.</p>}
            {place.end === 'rest' ? <p class="over">Every thread has ended, or may wait for ever.</p> : null}
            {place.end === 'stuck' ? <p class="over">Nothing can go on: whoever waits here waits for ever.</p> : null}
            <OffersView place={place} onTake={number => walk.take(number)} onLook={look} />
          </section>
        </div>
        <section class="right" aria-label="the state">
          {looked ? (
            <Drawn what={`if ${looked.step.thread} takes this step`} picture={looked.after} before={place.picture} />
          ) : (
            <Drawn
              what={whereText(place, current, steps[current - 1]?.thread)}
              picture={place.picture}
              before={current > 0 ? place.before : undefined}
              onTold={told => walk.toWrite(told)}
            />
          )}
        </section>
      </div>
    </main>
  )
}

/** The setup takes part in nothing once it has ended. */
function inSetup({ threads }: Place): boolean {
  return threads.some(({ name }) => name === SETUP)
}

function whereText(place: Place, step: number, thread: string | undefined): string {
  if (inSetup(place)) return 'the state in the setup'
  return thread === undefined ? 'the state before the first step' : `the state after step ${step}, by ${thread}`
}

function Drawn({
  what,
  picture,
  before,
  onTold,
}: {
  readonly what: string
  readonly picture: Picture
  readonly before: Picture | undefined
  readonly onTold?: (told: Told) => void
}) {
  return (
    <>
      <h2 class="now">{what}</h2>
      <PictureView
        sections={picture.sections}
        folded={[FIELDS]}
        compared={before !== undefined}
        boxBefore={(section, box) => boxIn(before?.sections ?? [], section, box)}
        onTold={onTold}
      />
    </>
  )
}

/** Keys that mean something wherever the focus is, but for fields that take text. */
function useKeys(walk: Walk): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement) return
      if (/^[1-9]$/.test(event.key)) walk.take(Number(event.key))
      else if (event.key === 'u' || event.key === 'Backspace') walk.back()
      else if (event.key === 'r') walk.on()
      else if (event.key === 'v') walk.search(undefined)
      else if (event.key === 'w') askOfFocused()
      else if (event.key === 'Escape') walk.cancel()
      else if (event.key === '?') document.querySelector<HTMLElement>('[aria-expanded]')?.click()
      else return
      event.preventDefault()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [walk])
}

const page = document.getElementById('page')
page?.replaceChildren()
const walk = new Walk((shown, failed) => {
  if (!page) return
  if (shown) render(<Explore shown={shown} walk={walk} />, page)
  else page.replaceChildren(`This page cannot be shown: ${failed}`)
})
addEventListener('hashchange', () => walk.open())
walk.open()
