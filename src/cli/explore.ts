import { UsageError } from '../errors.js'
import { type Choice, subjectOf } from '../explorer/subject.js'
import type { ExitCode } from './exit-codes.js'
import { limitsOf, type SearchFlags } from './options.js'

interface ExploreByHandFlags extends SearchFlags {
  readonly kernel?: string
  readonly patch: readonly string[]
  readonly terminal?: boolean
  readonly port?: number
}

/** `foliocheck explore`: step by hand through the states of a scenario, in a browser or in the terminal. */
export async function exploreByHand(scenario: string, flags: ExploreByHandFlags): Promise<ExitCode> {
  const { model, kernel, patch: patches, storeOrder } = flags
  const useless = flags.json ? '--json' : flags.port === undefined ? undefined : '--port'
  if (flags.terminal && useless) {
    throw new UsageError(`${useless} with --terminal`, 'means nothing', 'leave one of them out')
  }
  const choice: Choice = { model, kernel, patches, scenario, storeOrder }
  const subject = await subjectOf(choice)
  const limits = limitsOf(flags)
  if (flags.terminal) return (await import('./explore-terminal.js')).exploreInTerminal(subject, limits)
  return (await import('./explore-server.js')).serveExplorer(subject, limits, flags)
}
