import { type Choice, subjectOf } from '../explorer/subject.js'
import type { ExitCode } from './exit-codes.js'
import { exploreInTerminal } from './explore-terminal.js'
import { limitsOf, type SearchFlags } from './options.js'

interface ExploreByHandFlags extends SearchFlags {
  readonly kernel?: string
  readonly patch: readonly string[]
}

/** `foliocheck explore`: step by hand through the states of a scenario, in the terminal. */
export async function exploreByHand(scenario: string, flags: ExploreByHandFlags): Promise<ExitCode> {
  const { model, kernel, patch: patches, storeOrder } = flags
  const choice: Choice = { model, kernel, patches, scenario, storeOrder }
  const subject = await subjectOf(choice)
  return exploreInTerminal(subject, limitsOf(flags))
}
