import { readCounterexample } from '../check/counterexample-file.js'
import { replayCounterexample } from '../check/replay-counterexample.js'
import { kernelWith, loadProject } from '../project/load.js'
import { printable } from '../report/wrap.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { print, printJson } from './terminal.js'

/** `foliocheck replay`: exit code 1 when the violation still happens, 0 when it does not. */
export async function replayFile(
  file: string,
  flags: { readonly json?: boolean; readonly model?: string },
): Promise<ExitCode> {
  const found = readCounterexample(file)
  const project = await loadProject(flags.model)
  const kernel = await kernelWith(project, found.kernel, found.patches)
  const verdict = replayCounterexample(project, kernel, found)
  if (flags.json) printJson({ file, scenario: found.scenario, property: found.property, ...verdict })
  else {
    const sign = verdict.happens ? '✗' : '✓'
    const what = verdict.happens ? 'still happens' : 'does not happen any more'
    print([printable(`${sign} ${found.scenario}   ${found.property}   ${what}: ${verdict.reason}`)])
  }
  return verdict.happens ? EXIT.violated : EXIT.ok
}
