import { UsageError } from '../../errors.js'
import type { Desk } from '../desk.js'
import type { HandedOut } from '../hand-out.js'
import type { Place } from '../place.js'
import { resultOf } from '../questions.js'
import type { Searched } from '../search.js'
import type { Searcher } from '../searcher.js'
import type { Subject } from '../subject.js'
import type { Written } from '../written.js'
import { type MESSAGES, parsed } from './messages.js'

/** What there is to be asked about. */
export interface SubjectData {
  /** Properties that can be run on to, with what they claim. */
  readonly properties: readonly { readonly name: string; readonly claim: string }[]
}

/** What a page is answered, by the name of its question. */
export interface Answers {
  readonly subject: SubjectData
  readonly place: Place
  readonly search: Searched
  readonly smallest: HandedOut
  readonly written: Written
  readonly progress: { readonly busy: boolean; readonly states: number }
  readonly cancel: Record<string, never>
  readonly 'hand-out': HandedOut
}

/** There is a search already: one at a time. */
export class Busy extends Error {
  override readonly name = 'Busy'
}

/** Answers questions. It keeps nothing of a run: whoever asks brings it along. */
export class Api {
  constructor(
    readonly subject: Subject,
    readonly desk: Desk,
    readonly searcher: Searcher,
  ) {}

  /** @throws UsageError for a question that is none, or a run that is not possible; Busy; ModelError */
  async answer(kind: keyof typeof MESSAGES, text: string): Promise<Answers[keyof Answers]> {
    const { subject, desk, searcher } = this
    switch (kind) {
      case 'subject': {
        parsed(kind, text)
        return { properties: subject.project.properties.map(({ name, claim }) => ({ name, claim })) }
      }
      case 'place':
        return desk.place(parsed(kind, text).run)
      case 'written': {
        const { run, told } = parsed(kind, text)
        return desk.written(run, told)
      }
      case 'hand-out': {
        const { run, form, property } = parsed(kind, text)
        return desk.handOut(run, form, property)
      }
      case 'search': {
        const { run, property } = parsed(kind, text)
        return resultOf(await this.#free().search(run, property))
      }
      case 'smallest': {
        const { run, property } = parsed(kind, text)
        return resultOf(await this.#free().smallest(run, property))
      }
      case 'progress': {
        parsed(kind, text)
        return { busy: searcher.busy, states: searcher.states }
      }
      case 'cancel': {
        parsed(kind, text)
        searcher.cancel()
        return {}
      }
      default:
        throw new UsageError(String(kind satisfies never), 'is no question', 'load the page again')
    }
  }

  /** @throws Busy */
  #free(): Searcher {
    if (this.searcher.busy) throw new Busy('a search is under way; end it first')
    return this.searcher
  }
}
