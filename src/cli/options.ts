import { type Command, InvalidArgumentError, Option } from 'commander'
import { REDUCTIONS, type ReductionName } from '../check/check-scenario.js'
import type { Limits } from '../explore/limits.js'
import type { Strategy } from '../explore/result.js'
import { STORE_ORDERS, type StoreOrder } from '../program/scenario.js'

/** Options of the commands that search: on which models, how far, and how that is shown. */
export interface LimitFlags {
  readonly model?: string
  readonly states?: number
  readonly seconds?: number
  readonly memory?: number
  readonly jobs?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Options of the command that steps by hand. */
export interface SearchFlags extends Pick<LimitFlags, 'model' | 'states' | 'seconds' | 'memory' | 'json'> {
  readonly storeOrder?: StoreOrder
}

/** Options of the commands that leave it to the user how to search. */
export interface ExploreFlags extends LimitFlags {
  readonly strategy: Strategy
  readonly seed: number
  readonly fingerprints?: boolean
  readonly storeOrder?: StoreOrder
  readonly reduce?: readonly ReductionName[]
  readonly preemptions?: number
  readonly all?: boolean
}

/** Adds the options of `ExploreFlags`. */
export function withExploreFlags(command: Command): Command {
  return withLimits(command)
    .addOption(
      new Option('--strategy <name>', 'order of search; bfs finds the shortest violation')
        .choices(['bfs', 'dfs', 'walk', 'dpor'])
        .default('bfs'),
    )
    .option('--seed <n>', 'seed of the random walk', integer, 1)
    .option('--fingerprints', 'recognise states by 64-bit fingerprints: faster, not exact; the bound is printed')
    .addOption(storeOrderOption())
    .option(
      '--reduce <kinds>',
      `search less, exactly: ${REDUCTIONS.join(', ')}, or all; breadth-first, and livelocks are not decided`,
      reductions,
    )
    .option('--preemptions <n>', 'with --strategy dpor: only runs with so many preemptions', natural)
    .option('--all', 'tell every violation in full, not only the three shortest of each scenario')
}

function storeOrderOption(): Option {
  const about = 'order in which marked stores become visible (default: what the scenario is about, mostly sc)'
  return new Option('--store-order <model>', about).choices(STORE_ORDERS)
}

/** Adds the options of `LimitFlags`. */
export function withLimits(command: Command): Command {
  return withEnds(withModel(command))
    .option('--jobs <n>', 'threads that explore side by side, up to 256 (default: one per core)', threads)
    .option('--quiet', 'no progress display')
}

/** Adds the options of `SearchFlags`. */
export function withSearches(command: Command): Command {
  return withEnds(withModel(command)).addOption(storeOrderOption())
}

function withEnds(command: Command): Command {
  return command
    .option('--states <n>', 'stop after this many distinct states', positiveInteger)
    .option('--seconds <n>', 'stop after this many seconds per scenario', positive)
    .option('--memory <MiB>', 'stop when the visited states take this much', positive)
}

/** Adds the choice of models and of JSON output. */
export function withModel(command: Command): Command {
  return command
    .option('--model <name or file>', 'another built-in model (list models), or a module that exports a project')
    .option('--json', 'print JSON (docs/formats.md)')
}

/** A repeatable option's values so far, and one more. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

export function limitsOf(flags: LimitFlags): Partial<Limits> {
  return {
    ...(flags.states !== undefined && { states: flags.states }),
    ...(flags.seconds !== undefined && { seconds: flags.seconds }),
    ...(flags.memory !== undefined && { memory: flags.memory * 2 ** 20 }),
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number above 0.')
  return value
}

/** A number of things. @throws InvalidArgumentError */
export function positiveInteger(text: string): number {
  const value = positive(text)
  if (!Number.isInteger(value)) throw new InvalidArgumentError('Give a whole number above 0.')
  return value
}

/** A number of things that may be none. @throws InvalidArgumentError */
export function natural(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('Give a whole number from 0 on.')
  }
  return value
}

function threads(text: string): number {
  const value = positiveInteger(text)
  if (value > 256) throw new InvalidArgumentError('Give a whole number up to 256.')
  return value
}

/** A port to listen on; 0 for any that is free. @throws InvalidArgumentError */
export function port(text: string): number {
  const value = natural(text)
  if (value > 65535) throw new InvalidArgumentError('Give a whole number from 0 to 65535.')
  return value
}

/** A share in percent. @throws InvalidArgumentError */
export function percent(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Give a number from 0 to 100.')
  return value
}

/** Columns of a text. @throws InvalidArgumentError */
export function columns(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 40 || value > 1000) {
    throw new InvalidArgumentError('Give a whole number from 40 to 1000.')
  }
  return value
}

/** The reductions in a list with commas. @throws InvalidArgumentError */
function reductions(text: string): readonly ReductionName[] {
  if (text === 'all') return REDUCTIONS
  return text.split(',').map(name => {
    const known = REDUCTIONS.find(reduction => reduction === name)
    if (known) return known
    throw new InvalidArgumentError(`Give some of ${REDUCTIONS.join(', ')}, with commas, or all.`)
  })
}

function integer(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value)) throw new InvalidArgumentError('Give a whole number.')
  return value
}
