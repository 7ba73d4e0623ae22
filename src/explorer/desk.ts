import { TaskThread } from '../check/task-thread.js'
import type { Run } from '../explore/result.js'
import type { Told } from '../page/changes.js'
import type { Form, HandedOut } from './hand-out.js'
import type { Place } from './place.js'
import type { QuestionTask } from './question-task.js'
import { type Answered, type Question, resultOf } from './questions.js'
import type { Choice } from './subject.js'
import type { Written } from './written.js'

/** How long an answer may take. One that takes longer is stuck: in a recipe that never returns, say. */
const PATIENCE_MS = 20_000

/**
 * Answers questions about runs, one after the other, in a worker thread: whatever a recipe does there, those who ask go on.
 */
export class Desk {
  #thread: TaskThread<Answered> | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(readonly choice: Choice) {}

  /** Where a run leads. @throws UsageError when it is not possible, ModelError */
  async place(run: Run): Promise<Place> {
    return (await this.#ask({ kind: 'place', run })) as Place
  }

  /** A run in a form for others. @throws UsageError when it is not possible, or not of that form; ModelError */
  async handOut(run: Run, form: Form, property: string | undefined): Promise<HandedOut> {
    return (await this.#ask({ kind: 'hand-out', run, form, property })) as HandedOut
  }

  /** Which step of a run wrote something. @throws UsageError when the run is not possible, ModelError */
  async written(run: Run, told: Told): Promise<Written> {
    return (await this.#ask({ kind: 'written', run, told })) as Written
  }

  /** Gives up the question that is being answered, if there is one. */
  giveUp(): void {
    this.#thread?.giveUp()
    this.#thread = undefined
  }

  #ask(question: Question): Promise<Answered> {
    const answered = this.#queue.then(() => this.#answer({ choice: this.choice, question }))
    this.#queue = answered.catch(() => undefined)
    return answered
  }

  async #answer(task: QuestionTask): Promise<Answered> {
    const thread = this.#thread ?? new TaskThread(new URL('./question-task.js', import.meta.url))
    this.#thread = thread
    const timer = setTimeout(() => this.giveUp(), PATIENCE_MS)
    try {
      return resultOf(await thread.ask(task, `scenario ${this.choice.scenario}`))
    } finally {
      clearTimeout(timer)
    }
  }
}
