import { storeFor } from '../check/store-for.js'
import { UsageError } from '../errors.js'
import { explore } from '../explore/explore.js'
import { stateGraph } from '../explore/state-graph.js'
import { count, many } from '../numbers.js'
import { PackedSystem } from '../program/packed-system.js'
import { compile, type Program } from '../program/program.js'
import { kernelWith, loadProject, newest } from '../project/load.js'
import { named } from '../project/project.js'
import { autText } from '../report/aut.js'
import { dotText } from '../report/dot.js'
import { kernelName } from '../report/names.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { print } from './terminal.js'
import { writeWhole } from './whole-file.js'

interface GraphFlags {
  readonly model?: string
  readonly kernel?: string
  readonly patch: readonly string[]
  readonly format: 'dot' | 'aut'
  readonly out?: string
  readonly states?: number
}

/** States that a graph may have unless asked for more: what Graphviz lays out, and what other tools read at ease. */
const MOST = { dot: 2000, aut: 200_000 } as const

/** How far states are counted to tell how many there are. */
const COUNTED = { states: 10_000_000, seconds: 20 } as const

/** `foliocheck graph`: all states and transitions of a scenario, for other tools. @throws UsageError when they are too many */
export async function graph(scenario: string, flags: GraphFlags): Promise<ExitCode> {
  const { format, states: most = MOST[format] } = flags
  const project = await loadProject(flags.model)
  const kernel = await kernelWith(project, flags.kernel ?? newest(project).name, flags.patch)
  const program = compile(kernel, named('scenario', project.scenarios, scenario))
  const found = stateGraph(program, project.properties, most)
  if (!found) throw tooMany(program, format, most)
  const title = `${scenario} on ${kernelName({ kernel: kernel.name, patches: kernel.patches })}`
  const text = format === 'dot' ? dotText(title, found) : autText(found)
  if (flags.out === undefined) process.stdout.write(text)
  else {
    writeWhole(flags.out, text)
    print([`${many(found.states.length, 'state')}, ${many(found.edges.length, 'transition')} in ${flags.out}`])
  }
  return EXIT.ok
}

function tooMany(program: Program, format: string, most: number): UsageError {
  const system = new PackedSystem(program)
  const { states, stopped } = explore(system, [], storeFor(system, { memory: undefined, fingerprints: false }), {
    limits: { states: Math.max(most + 1, COUNTED.states), seconds: COUNTED.seconds },
  })
  const all = stopped === undefined ? many(states, 'state') : `more than ${many(states, 'state')}`
  return new UsageError(
    `scenario ${program.scenario.name}`,
    `has ${all}; ${count(most)} are the most for ${format}`,
    stopped === undefined ? `add --states ${states} to write them all` : 'choose a smaller scenario',
  )
}
