import type { Run } from '../../explore/result.js'
import type { Told } from '../../page/changes.js'
import type { StoryStep } from '../../page/data.js'
import { stepOf } from '../../report/html/story-step.js'
import type { HandedOut } from '../hand-out.js'
import { arrive, further, here, type Journey, upTo } from '../journey.js'
import { offersOf } from '../offers.js'
import type { Place } from '../place.js'
import type { SubjectData } from '../server/api.js'

import { hashOf, journeyOf } from './address.js'
import { ask } from './client.js'

/** What the page shows. */
export interface Shown {
  readonly subject: SubjectData
  readonly place: Place
  readonly journey: Journey
  /** The steps of the whole run after the setup, those that were taken back included. */
  readonly steps: readonly StoryStep[]
  /** Steps of its setup. */
  readonly setup: number
  /** States that a search has found so far; undefined when there is none. */
  readonly searching: number | undefined
  /** What came of the last thing that was asked for, when that is not to be seen. */
  readonly message: string
  readonly handed: HandedOut | undefined
}

const AS_AT_START = 'it is as it was before the first step'

const START: Run = { initial: 0, ordinals: [] }

/** The way through the states. What is asked for is done in its order, so that keys may be pressed as fast as one can. */
export class Walk {
  #shown: Shown | undefined
  #queue: Promise<void> = Promise.resolve()
  #searching = false

  constructor(readonly changed: (shown: Shown | undefined, failed: string) => void) {}

  /** Begins where the address says, or at the start where it leads nowhere. */
  open(): void {
    this.#then(async () => {
      const subject = await ask('subject', {})
      const named = journeyOf(location.hash)
      const journey = named ?? { run: START, at: 0 }
      let message = ''
      const whole = await ask('place', { run: journey.run }).catch((error: Error) => {
        message = `the run in the address is not possible here (${error.message}), so this is the start`
        return ask('place', { run: START })
      })
      const { run } = whole.trace
      const asNamed = message === '' && journey.at < journey.run.ordinals.length
      this.#show({
        ...{
          subject,
          place: whole,
          journey: { run, at: run.ordinals.length },
          steps: ownSteps(whole),
          setup: whole.setup,
        },
        ...{ searching: undefined, message, handed: undefined },
      })
      if (asNamed) await this.#go(upTo(run, journey.at))
    })
  }

  /** Takes the step of that number, from 1, if there is one. */
  take(number: number): void {
    this.#do(async shown => {
      const offer = offersOf(shown.place)[number - 1]
      if (offer) await this.#go(further(shown.journey, offer.ordinal))
    })
  }

  back(): void {
    this.#do(async ({ place, journey }) => {
      const before = place.stops.at(-2)
      if (before !== undefined) await this.#go(upTo(journey.run, before))
    })
  }

  /** To the place after a step, from 0. */
  goTo(step: number): void {
    this.#do(({ journey, setup }) => this.#go(upTo(journey.run, setup + step)))
  }

  /** On along what was taken back. */
  on(): void {
    this.#do(async ({ journey }) => {
      if (journey.at < journey.run.ordinals.length) await this.#go(upTo(journey.run, journey.at + 1))
    })
  }

  restart(initial: number): void {
    this.#do(() => this.#go({ initial, ordinals: [] }))
  }

  /** To the step that wrote something last. */
  toWrite(told: Told): void {
    this.#do(async ({ journey, setup }) => {
      const { step } = await ask('written', { run: here(journey), told })
      if (setup + step === journey.at) this.#update({ message: step === 0 ? AS_AT_START : 'this step wrote it' })
      else {
        await this.#go(upTo(journey.run, setup + step))
        if (step === 0) this.#update({ message: AS_AT_START })
      }
    })
  }

  /** Runs on to the nearest violation of a property, or of any. */
  search(property: string | undefined): void {
    this.#searchFor(async ({ journey }) => {
      const found = await ask('search', { run: here(journey), ...(property !== undefined && { property }) })
      if (found.kind === 'nothing') {
        return this.#update({ message: nothingText(found.limit, found.states, property) })
      }
      const steps = found.run.ordinals.length - journey.at
      await this.#go(found.run)
      const many = `${steps} ${steps === 1 ? 'step' : 'steps'}`
      this.#update({
        message: `${found.property}: ${many} on, ${found.states.toLocaleString('en-US')} states looked at`,
      })
    })
  }

  /** Hands out the smallest counterexample to what is violated here. */
  smallest(): void {
    this.#searchFor(async ({ journey }) => {
      this.#update({ handed: await ask('smallest', { run: here(journey) }) })
    })
  }

  #searchFor(work: (shown: Shown) => Promise<void>): void {
    if (this.#searching) return
    this.#searching = true
    const timer = setInterval(() => {
      void ask('progress', {}).then(
        ({ states }) => this.#searching && this.#update({ searching: states }),
        () => undefined,
      )
    }, 300)
    this.#then(async () => {
      try {
        this.#update({ searching: 0, message: '', handed: undefined })
        if (this.#shown) await work(this.#shown)
      } finally {
        this.#searching = false
        clearInterval(timer)
        this.#update({ searching: undefined })
      }
    })
  }

  /** Ends a search; without one, puts away what was said and handed out last. */
  cancel(): void {
    if (this.#searching) void ask('cancel', {}).catch(() => undefined)
    else this.#update({ message: '', handed: undefined })
  }

  handOut(form: string): void {
    this.#do(async ({ journey }) => {
      this.#update({ handed: await ask('hand-out', { run: here(journey), form }), message: '' })
    })
  }

  /** What is asked for during a search is not done: it was meant for a state that is gone when the search ends. */
  #do(work: (shown: Shown) => Promise<void>): void {
    if (!this.#searching) this.#then(async () => this.#shown && work(this.#shown))
  }

  #then(work: () => Promise<void> | undefined): void {
    this.#queue = this.#queue.then(work).catch((error: Error) => this.#fail(error.message))
  }

  async #go(run: Run): Promise<void> {
    const shown = this.#shown
    if (!shown) return
    const place = await ask('place', { run })
    const journey = arrive(shown.journey, place.trace.run)
    const same = journey.run === shown.journey.run
    const own = same ? { steps: shown.steps, setup: shown.setup } : { steps: ownSteps(place), setup: place.setup }
    this.#show({ ...shown, ...own, place, journey, message: '', handed: undefined })
  }

  #update(part: Partial<Shown>): void {
    if (this.#shown) this.#show({ ...this.#shown, ...part })
  }

  #show(shown: Shown): void {
    this.#shown = shown
    const hash = hashOf(shown.journey)
    if (location.hash !== hash) history.replaceState(undefined, '', hash)
    this.changed(shown, '')
  }

  #fail(message: string): void {
    if (this.#shown) this.#update({ message })
    else this.changed(undefined, message)
  }
}

function ownSteps({ trace }: Place): StoryStep[] {
  return trace.steps.filter(({ setup }) => !setup).map(stepOf)
}

function nothingText(limit: string, states: number, property: string | undefined): string {
  if (limit !== '') return `nothing was found from here, but not all was searched: ${limit}`
  const what = property === undefined ? 'no property that holds here can be violated' : `${property} cannot be violated`
  return `${what} from here: all ${states.toLocaleString('en-US')} states were searched`
}
