import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { errorsOf, type Outcome } from '../check/outcome.js'
import { type Job, Pool } from '../check/pool.js'
import { UsageError } from '../errors.js'
import { type Harmless, readHarmless } from '../mutate/survivors.js'
import type { MutationTask, Tried } from '../mutate/task.js'
import { framesFrom } from '../program/graph.js'
import type { Kernel } from '../program/kernel.js'
import { compile } from '../program/program.js'
import { didYouMean } from '../program/suggest.js'
import { applicable } from '../project/applicable.js'
import { kernelWith, loadProject, newest } from '../project/load.js'
import { packageRoot } from '../project/package-root.js'
import type { Project } from '../project/project.js'
import { paragraph } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { throwAll } from './failures.js'
import { type LimitFlags, limitsOf } from './options.js'
import { runShown } from './run-shown.js'
import { print, printJson, reportWidth } from './terminal.js'

interface MutateFlags extends LimitFlags {
  readonly kernel?: string
  readonly patch: readonly string[]
  readonly least: number
  readonly harmless?: string
}

/** One operation's mutants. */
interface Score {
  readonly operation: string
  readonly caught: number
  readonly survived: readonly { readonly mutant: string; readonly harmless: string | null }[]
  readonly undecided: number
  readonly invalid: number
  /** Mutants that do what the original does; they count neither way. */
  readonly equivalent: number
}

/** `foliocheck mutate`: exit code 1 when too few mutants are caught, or one survives without a reason. */
export async function mutate(operations: readonly string[], flags: MutateFlags): Promise<ExitCode> {
  const project = await loadProject(flags.model)
  const name = flags.kernel ?? newest(project).name
  const kernel = await kernelWith(project, name, flags.patch)
  const chosen = chooseOperations(project, kernel, operations)
  const harmless = harmlessOf(flags)
  const shared = { model: flags.model, kernel: name, patches: flags.patch, limits: limitsOf(flags) }
  const { outcomes, interrupted } = await tryAll(
    chosen.map(operation => ({ ...shared, operation })),
    flags,
  )
  const scores = outcomes.flatMap((outcome, i) => (outcome.ok ? [score(chosen[i], outcome.result, harmless)] : []))
  const caught = scores.reduce((sum, one) => sum + one.caught, 0)
  const all = scores.reduce((sum, one) => sum + one.caught + one.survived.length + one.undecided, 0)
  const share = all === 0 ? 0 : (100 * caught) / all
  if (flags.json) printJson({ kernel: name, patches: flags.patch, caught, mutants: all, share, operations: scores })
  else if (scores.length > 0) printText(scores, caught, all)
  throwAll(errorsOf(outcomes))
  if (all === 0) throw new UsageError('mutate', 'has no mutants to try', 'name an operation that some scenario runs')
  if (interrupted) return EXIT.inconclusive
  const unexplained = scores.some(
    one => one.undecided > 0 || one.survived.some(({ harmless: reason }) => reason === null),
  )
  return share < flags.least || unexplained ? EXIT.violated : EXIT.ok
}

async function tryAll(
  jobs: readonly Job<MutationTask>[],
  flags: MutateFlags,
): Promise<{ readonly outcomes: readonly Outcome<readonly Tried[]>[]; readonly interrupted: boolean }> {
  const pool = new Pool<MutationTask, readonly Tried[]>(
    new URL('../mutate/task.js', import.meta.url),
    job => `operation ${job.operation}`,
    flags.jobs,
  )
  const outcomes = await runShown(pool, jobs, { nameOf: job => job.operation }, { quiet: flags.quiet })
  return { outcomes, interrupted: pool.interrupted }
}

/** Operations that some scenario runs, or those named. */
function chooseOperations(project: Project, kernel: Kernel, names: readonly string[]): string[] {
  const used = new Set<string>()
  for (const scenario of project.scenarios) {
    if (!applicable(kernel, scenario)) continue
    for (const thread of compile(kernel, scenario).threads) {
      for (const frame of framesFrom(thread.entry))
        if (kernel.operations.has(frame.operation)) used.add(frame.operation)
    }
  }
  for (const name of names) {
    if (!used.has(name)) {
      throw new UsageError(
        `operation '${name}'`,
        'is run by no scenario',
        didYouMean(name, [...used], 'see `foliocheck list operations`'),
      )
    }
  }
  return names.length === 0 ? [...used] : [...new Set(names)]
}

/** The list given, or that of the built-in models. @throws FileError when it is missing or damaged */
function harmlessOf(flags: MutateFlags): Harmless {
  if (flags.harmless !== undefined) return readHarmless(flags.harmless)
  const builtIn = join(packageRoot(), 'models', 'harmless-mutants.json')
  return flags.model === undefined && existsSync(builtIn) ? readHarmless(builtIn) : {}
}

function score(operation: string, tried: readonly Tried[], harmless: Harmless): Score {
  const of = (fate: Tried['fate']) => tried.filter(one => one.fate === fate)
  const reasons = harmless[operation] ?? {}
  return {
    operation,
    caught: of('caught').length,
    survived: of('survived').map(({ name }) => ({ mutant: name, harmless: reasons[name] ?? null })),
    undecided: of('undecided').length,
    invalid: of('invalid').length,
    equivalent: of('equivalent').length,
  }
}

function printText(scores: readonly Score[], caught: number, all: number): void {
  const width = reportWidth()
  for (const { operation, caught: own, survived, undecided, invalid, equivalent } of scores) {
    const total = own + survived.length + undecided
    const rest = [
      undecided > 0 ? `${undecided} undecided` : '',
      equivalent > 0 ? `${equivalent} equivalent` : '',
      invalid > 0 ? `${invalid} invalid` : '',
    ].filter(Boolean)
    const unexplained = survived.some(({ harmless }) => harmless === null) || undecided > 0
    print([
      `${unexplained ? '✗' : '✓'} ${operation}   ${own} of ${total} caught${rest.length > 0 ? `, ${rest.join(', ')}` : ''}`,
      ...survived.flatMap(({ mutant, harmless }) =>
        paragraph('    ', `survived: ${mutant} — ${harmless ?? 'no reason is known why this is harmless'}`, width),
      ),
    ])
  }
  print(['', `  ${caught} of ${all} mutants caught, ${((100 * caught) / all).toFixed(1)} %`])
}
