import { refusingExit, serve } from '../check/serve.js'
import { type Answered, answerTo, type Question } from './questions.js'
import { type Choice, type Subject, subjectOf } from './subject.js'

/** A question with what it is about: what a worker thread is asked. */
export interface QuestionTask {
  readonly choice: Choice
  readonly question: Question
}

/** One thread is asked about one choice alone. */
let subject: Promise<Subject> | undefined

/** @throws what `subjectOf` and `answerTo` throw */
async function runTask({ choice, question }: QuestionTask): Promise<Answered> {
  subject ??= subjectOf(choice)
  const loaded = await subject
  return refusingExit(() => answerTo(loaded, question))
}

serve(runTask)
