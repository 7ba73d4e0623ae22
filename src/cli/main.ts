import { Command, CommanderError } from 'commander'
import { FileError, ModelError, reasonOf, UsageError } from '../errors.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { collect, type ExploreFlags, withExploreFlags, withModel } from './options.js'
import { packageVersion } from './package-root.js'

let exit: ExitCode = EXIT.ok

/** Runs the command line. Errors become one paragraph on standard error and the documented exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that closes the pipe early, as `head` does, is no error.
  process.stdout.on('error', error =>
    process.exit((error as NodeJS.ErrnoException).code === 'EPIPE' ? process.exitCode : EXIT.internal),
  )
  try {
    await makeProgram().parseAsync(argv, { from: 'user' })
    process.exitCode = exit
  } catch (thrown) {
    process.exitCode = report(thrown)
  }
}

function makeProgram(): Command {
  const program = new Command('foliocheck')
    .description('Explores every interleaving of mm operations and GPU-driver actions on device-private large folios.')
    .version(packageVersion())
    .showHelpAfterError('(foliocheck <command> --help tells more)')
    .exitOverride()
  const add = (command: Command) => program.addCommand(command.exitOverride())

  add(
    withModel(new Command('list'))
      .description('what there is: kernels, patches, operations, scenarios, properties, bugs, known')
      .argument('[kind]', 'one kind only')
      .action(async (kind: string | undefined, flags: ExploreFlags) => {
        const { contents, list } = await import('./list.js')
        exit = list(kind, await contents(flags), flags)
      }),
  )
  add(
    withExploreFlags(new Command('check'))
      .description('explore scenarios on a kernel, the newest unless told otherwise, and check every property')
      .argument('[scenarios...]', 'all that apply to the kernel unless named')
      .option('-k, --kernel <name>', 'a kernel; repeatable; `all` for every one', collect, [])
      .option('-p, --patch <name or file>', 'apply a patch; repeatable, in order', collect, [])
      .option('--property <name>', 'check this property only; repeatable', collect, [])
      .option('-o, --out <folder>', 'write every counterexample to a file there')
      .option('--strict', 'exit with 2 when anything was bounded, with 3 when a property was vacuous everywhere')
      .option('--verbose', 'show steps that never ran')
      .option('--expectations <file>', 'an index of expected violations (docs/formats.md)')
      .action(async (scenarios: string[], flags) => {
        exit = await (await import('./check.js')).check(scenarios, flags)
      }),
  )
  add(
    withExploreFlags(new Command('compare'))
      .description('what a patch fixes and what it breaks: every scenario × property before and after it')
      .argument('[scenarios...]', 'all that apply unless named')
      .option('-k, --kernel <name>', 'the kernel to patch; the newest by default')
      .requiredOption('-p, --patch <name or file>', 'the patch; repeatable, in order', collect, [])
      .option('-b, --base <name or file>', 'a patch that is applied before and after; repeatable', collect, [])
      .option('--property <name>', 'compare this property only; repeatable', collect, [])
      .option('-o, --out <folder>', 'write the counterexample of whatever is broken there')
      .action(async (scenarios: string[], flags) => {
        exit = await (await import('./compare.js')).compare(scenarios, flags)
      }),
  )
  add(
    withModel(new Command('explain'))
      .description('show a counterexample file again')
      .argument('<file>')
      .option('--width <columns>', 'columns of the text', Number)
      .option('--verbose', "show the setup's steps too")
      .action(async (file: string, flags) => {
        exit = (await import('./explain.js')).explain(file, flags)
      }),
  )
  add(
    withModel(new Command('replay'))
      .description('does a counterexample still happen? Runs its steps on the models as they are now')
      .argument('<file>')
      .action(async (file: string, flags) => {
        exit = await (await import('./replay.js')).replayFile(file, flags)
      }),
  )
  add(
    withExploreFlags(new Command('regress'))
      .description('every known bug: still found before its fix, proved gone after it')
      .argument('[bugs...]', 'ids; all unless named')
      .option('--index <file>', 'the index of bugs; counterexamples/index.json of the package by default')
      .option('--record', 'write the counterexample files anew')
      .action(async (bugs: string[], flags) => {
        exit = await (await import('./regress.js')).regress(bugs, flags)
      }),
  )
  add(
    withExploreFlags(new Command('mutate'))
      .description('drops, doubles and swaps steps of operations: does some property notice?')
      .argument('[operations...]', 'all that some scenario runs, unless named')
      .option('-k, --kernel <name>', 'the kernel to mutate; the newest by default')
      .option('-p, --patch <name or file>', 'apply a patch first; repeatable', collect, [])
      .option('--least <percent>', 'the share of mutants that must be caught', Number, 80)
      .option('--harmless <file>', 'why survivors are harmless: { operation: { mutant: reason } }')
      .action(async (operations: string[], flags) => {
        exit = await (await import('./mutate.js')).mutate(operations, flags)
      }),
  )
  return program
}

function report(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
  const known = [UsageError, FileError, ModelError].some(kind => thrown instanceof kind)
  const reason = reasonOf(thrown)
  process.stderr.write(
    known
      ? `foliocheck: ${reason}\n`
      : `foliocheck: internal error: ${reason}; please report this with the command line and the model\n`,
  )
  if (thrown instanceof UsageError) return EXIT.usage
  return known ? EXIT.model : EXIT.internal
}
