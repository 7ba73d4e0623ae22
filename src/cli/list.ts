import type { Expectations } from '../check/expectations.js'
import { UsageError } from '../errors.js'
import { didYouMean } from '../program/suggest.js'
import { builtInModels } from '../project/built-in.js'
import { loadProject } from '../project/load.js'
import type { Project } from '../project/project.js'
import { paragraph } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { expectationsFor } from './expectations.js'
import type { ExploreFlags } from './options.js'
import { print, printJson, reportWidth } from './terminal.js'

/** One line of a list. */
interface Entry {
  readonly name: string
  readonly about: string
}

type Contents = Readonly<Record<string, readonly Entry[]>>

interface ListFlags extends Pick<ExploreFlags, 'model' | 'json'> {
  readonly expectations?: string
}

/** `foliocheck list`. @throws UsageError for an unknown kind. */
export async function list(kind: string | undefined, flags: ListFlags): Promise<ExitCode> {
  const all = entriesOf(await loadProject(flags.model), await expectationsFor(flags.model, flags.expectations))
  if (kind !== undefined && !Object.hasOwn(all, kind)) {
    const kinds = Object.keys(all)
    throw new UsageError(
      `list ${kind}`,
      'is not a kind of thing',
      didYouMean(kind, kinds, `it is one of ${kinds.join(', ')}`),
    )
  }
  const shown = kind === undefined ? all : { [kind]: all[kind] }
  if (flags.json) {
    printJson(shown)
    return EXIT.ok
  }
  const width = reportWidth()
  for (const [title, entries] of Object.entries(shown)) {
    const longest = Math.min(34, Math.max(0, ...entries.map(entry => entry.name.length)))
    print([
      title,
      ...entries.flatMap(({ name, about }) =>
        name.length > longest
          ? [`  ${name}`, ...paragraph(' '.repeat(longest + 4), about, width)]
          : paragraph(`  ${name.padEnd(longest)}  `, about, width),
      ),
      '',
    ])
  }
  return EXIT.ok
}

function entriesOf(project: Project, expectations: Expectations): Contents {
  const operations = new Map(
    project.kernels.flatMap(kernel =>
      [...kernel.operations.values()].map(operation => [operation.name, operation] as const),
    ),
  )
  return {
    models: builtInModels.map(({ name, about }) => ({ name, about })),
    kernels: project.kernels.map(kernel => ({ name: kernel.name, about: `${kernel.date}  ${kernel.about}` })),
    patches: project.patches.map(patch => ({
      name: patch.name,
      about: [`${patch.date}  ${patch.subject} (${patch.status})`, patch.messageId ?? patch.commit ?? '']
        .filter(Boolean)
        .join(' '),
    })),
    scenarios: project.scenarios.map(({ name, about }) => ({ name, about })),
    properties: project.properties.map(({ name, claim }) => ({ name, about: claim })),
    operations: [...operations.values()].map(({ name, source }) => ({ name, about: source })),
    bugs: expectations.bugs.map(bug => ({
      name: bug.id,
      about: `${bug.title} (${bug.scenario}, ${bug.property}, ${[bug.before.kernel, ...bug.before.patches].join(' + ')})`,
    })),
    known: expectations.known.map(known => ({
      name: `${known.scenario} / ${known.property}`,
      about: `${[known.kernel, ...known.patches].join(' + ')}: ${known.note}`,
    })),
  }
}
