import { Argument, Command, Option } from 'commander'
import { packageVersion } from '../project/package-root.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { guarded } from './guard.js'
import {
  collect,
  columns,
  natural,
  percent,
  port,
  positiveInteger,
  withExploreFlags,
  withLimits,
  withModel,
  withSearches,
} from './options.js'

let exit: ExitCode = EXIT.ok

/** Runs the command line. Errors become one paragraph on standard error and the documented exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  await guarded(async () => {
    await makeProgram().parseAsync(argv, { from: 'user' })
    return exit
  })
}

function makeProgram(): Command {
  const program = new Command('foliocheck')
    .description('Explores every interleaving of mm operations and GPU-driver actions on device-private large folios.')
    .version(packageVersion())
    .exitOverride()
    // Errors are told in one paragraph by `report`.
    .configureOutput({ outputError: () => undefined })
  const add = (command: Command) => program.addCommand(command.copyInheritedSettings(program))

  add(
    withModel(new Command('list'))
      .description('what there is: models, kernels, patches, operations, scenarios, properties, bugs, known')
      .argument('[kind]', 'one kind only')
      .option('--expectations <file>', 'an index of bugs and expected violations (docs/formats.md)')
      .action(async (kind: string | undefined, flags) => {
        exit = await (await import('./list.js')).list(kind, flags)
      }),
  )
  add(
    withExploreFlags(new Command('check'))
      .description('explore scenarios on a kernel, the newest unless told otherwise, and check every property')
      .argument('[scenarios...]', 'all that apply to the kernel unless named')
      .option('-k, --kernel <name>', 'a kernel; repeatable; `all` for every one', collect, [])
      .option('-p, --patch <name or file>', 'apply a patch; repeatable, in order', collect, [])
      .option('--property <name>', 'check this property only; repeatable', collect, [])
      .option('-o, --out <folder>', 'write the counterexamples to files there')
      .option(
        '--report <file>',
        'write the whole run to a file; its ending says how, none means all (docs/formats.md)',
        collect,
        [],
      )
      .option('--github', 'annotations and a step summary for GitHub Actions (default: when it runs there)')
      .option('--no-github', 'neither')
      .option(
        '--strict',
        'exit with 2 when anything was bounded, with 3 when a property was vacuous or a step dead everywhere',
      )
      .option('--verbose', 'show steps that never ran')
      .option('--coverage', 'tell which steps, branches and orders of steps were taken: takes up to twice as long')
      .option('--brief', 'show only scenarios with something unexpected or a limit, and no violation in full')
      .option('--watch', 'check again what a changed file of the model touches, until Ctrl-C')
      .option('--audit', 'check the small scenarios in every way there is; any disagreement is a failure')
      .option('--expectations <file>', 'an index of expected violations (docs/formats.md)')
      .action(async (scenarios: string[], flags) => {
        exit = flags.watch
          ? await (await import('./watch.js')).watch(scenarios, flags)
          : await (await import('./check.js')).check(scenarios, flags)
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
      .option('--width <columns>', 'columns of the text', columns)
      .option('--verbose', "show the setup's steps, specification-only fields, and whole states at start and end, too")
      .option('--mail', 'for a mail: 72 columns, ASCII, no colour')
      .option('--state [sections]', 'show states after each step: `locks,page-tables`, or `all`; runs the steps again')
      .option('--at <step>', 'show the state after this step alone, 0 for the start', natural)
      .option(
        '-p, --patch <name or file>',
        'for --state: patches in place of those of the file; repeatable',
        collect,
        [],
      )
      .addOption(
        new Option('--format <name>', 'text, a page, a sequence diagram, or what another tool reads (docs/formats.md)')
          .choices(['text', 'html', 'json', 'markdown', 'mermaid', 'plantuml', 'junit', 'sarif', 'itf'] as const)
          .default('text'),
      )
      .action(async (file: string, flags) => {
        exit = await (await import('./explain.js')).explain(file, flags)
      }),
  )
  add(
    withModel(new Command('replay'))
      .description('does a counterexample still happen? Runs its steps on the models as they are now')
      .argument('<file>')
      .option('-k, --kernel <name>', 'another kernel than that of the file, without the patches of the file')
      .option('-p, --patch <name or file>', 'these patches in place of those of the file; repeatable', collect, [])
      .option('--scenario <name>', 'for a trace in ITF from elsewhere: what it is a run of')
      .action(async (file: string, flags) => {
        exit = await (await import('./replay.js')).replayFile(file, flags)
      }),
  )
  add(
    withSearches(new Command('explore'))
      .description('step by hand through the states of a scenario, in a browser or in the terminal')
      .argument('<scenario>')
      .option('-k, --kernel <name>', 'the kernel; the newest by default')
      .option('-p, --patch <name or file>', 'apply a patch; repeatable, in order', collect, [])
      .option('--terminal', 'in the terminal, or as lines on standard input say')
      .option('--port <n>', 'where this machine alone can reach the page; any that is free by default', port)
      .action(async (scenario: string, flags) => {
        exit = await (await import('./explore.js')).exploreByHand(scenario, flags)
      }),
  )
  add(
    withExploreFlags(new Command('regress'))
      .description('every known bug: still found before its fix, proved gone after it')
      .argument('[bugs...]', 'ids; all unless named')
      .option('--index <file>', 'the index of bugs; that of the built-in model by default')
      .option('--record', 'write the counterexample files anew')
      .action(async (bugs: string[], flags) => {
        exit = await (await import('./regress.js')).regress(bugs, flags)
      }),
  )
  add(
    withExploreFlags(new Command('findings'))
      .description('a page in Markdown of every violation on a kernel, by cause, with its smallest trace')
      .option('-k, --kernel <name>', 'the kernel; the newest by default')
      .option('--expectations <file>', 'the index that describes the findings (docs/formats.md)')
      .action(async flags => {
        exit = await (await import('./findings.js')).findings(flags)
      }),
  )
  add(
    new Command('graph')
      .description('all states and transitions of a scenario, as a graph for other tools (docs/formats.md)')
      .argument('<scenario>')
      .option('--model <name or file>', 'another built-in model (list models), or a module that exports a project')
      .option('-k, --kernel <name>', 'the kernel; the newest by default')
      .option('-p, --patch <name or file>', 'apply a patch; repeatable, in order', collect, [])
      .addOption(
        new Option('--format <name>', 'for Graphviz, or for CADP, mCRL2 and LTSmin')
          .choices(['dot', 'aut'] as const)
          .default('dot' as const),
      )
      .option('-o, --out <file>', 'write it to a file, whole or not at all')
      .option('--states <n>', 'the most states (default: 2000 for dot, 200000 for aut)', positiveInteger)
      .action(async (scenario: string, flags) => {
        exit = await (await import('./graph.js')).graph(scenario, flags)
      }),
  )
  add(
    new Command('schema')
      .description('the JSON Schema of a file that foliocheck writes (docs/formats.md)')
      .addArgument(
        new Argument('[file]', 'which').choices(['check', 'counterexample'] as const).default('check' as const),
      )
      .action(async name => {
        exit = (await import('./schema.js')).schema(name)
      }),
  )
  add(
    withLimits(new Command('mutate'))
      .description('drops, doubles and swaps steps of operations: does some property notice?')
      .argument('[operations...]', 'all that some scenario runs, unless named')
      .option('-k, --kernel <name>', 'the kernel to mutate; the newest by default')
      .option('-p, --patch <name or file>', 'apply a patch first; repeatable', collect, [])
      .option('--least <percent>', 'the share of mutants that must be caught', percent, 80)
      .option('--harmless <file>', 'why survivors are harmless: { operation: { mutant: reason } }')
      .action(async (operations: string[], flags) => {
        exit = await (await import('./mutate.js')).mutate(operations, flags)
      }),
  )
  return program
}
