import { join } from 'node:path'
import { compareResults } from '../check/compare-results.js'
import { fileNameOf, serialise, writeWhole } from '../check/counterexample-file.js'
import { UsageError } from '../errors.js'
import { compareText } from '../report/compare-text.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import type { ExploreFlags } from './options.js'
import { Session } from './session.js'
import { print, printJson, reportWidth } from './terminal.js'

interface CompareFlags extends ExploreFlags {
  readonly kernel?: string
  readonly patch: readonly string[]
  readonly base: readonly string[]
  readonly property: readonly string[]
  readonly out?: string
}

/** `foliocheck compare`: exit code 1 when the patch breaks something. */
export async function compare(scenarios: readonly string[], flags: CompareFlags): Promise<ExitCode> {
  if (flags.patch.length === 0) throw new UsageError('compare', 'needs a patch', 'name one with --patch')
  const session = await Session.open(flags)
  try {
    const kernel = session.kernelName(flags.kernel)
    const patched = [...flags.base, ...flags.patch]
    const properties = { properties: flags.property }
    const before = await session.jobs(scenarios, kernel, flags.base, properties)
    const after = await session.jobs(scenarios, kernel, patched, properties)
    const both = before.filter(job => after.some(other => other.scenario === job.scenario))
    if (both.length === 0)
      throw new UsageError('compare', 'has no scenario to look at', 'see `foliocheck list scenarios`')
    const results = await session.run([...both, ...both.map(job => ({ ...job, patches: patched }))])
    const cells = both.flatMap((_, i) => compareResults(results[i], results[i + both.length]))
    const broken = cells.filter(cell => cell.effect === 'broken')
    if (flags.out !== undefined) {
      for (const {
        after: { counterexample },
      } of broken) {
        if (counterexample) writeWhole(join(flags.out, fileNameOf(counterexample)), serialise(counterexample))
      }
    }
    const baseName = [kernel, ...flags.base].join(' + ')
    if (flags.json) printJson({ kernel, base: flags.base, patches: flags.patch, cells })
    else print(compareText(`kernel ${baseName}, before and after ${flags.patch.join(', ')}`, cells, reportWidth()))
    if (broken.length > 0) return EXIT.violated
    return session.pool.interrupted || cells.some(cell => cell.effect === 'not decided') ? EXIT.inconclusive : EXIT.ok
  } finally {
    await session.close()
  }
}
