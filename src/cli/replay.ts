import type { Counterexample } from '../check/counterexample.js'
import { readCounterexample } from '../check/counterexample-file.js'
import { type ReplayVerdict, replayCounterexample } from '../check/replay-counterexample.js'
import { FileError, UsageError } from '../errors.js'
import { kernelNamed, kernelWith, loadProject } from '../project/load.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { print, printJson } from './terminal.js'

interface ReplayFlags {
  readonly json?: boolean
  readonly model?: string
  readonly kernel?: string
  readonly patch: readonly string[]
}

/** `foliocheck replay`: exit code 1 when the violation still happens, 0 when these steps do not lead to it any more. */
export async function replayFile(file: string, flags: ReplayFlags): Promise<ExitCode> {
  const found = readCounterexample(file)
  const verdict = await replayOn(file, found, flags)
  const { kernel, patches } = verdict
  if (flags.json) {
    const { scenario, property } = found
    printJson({ file, kernel, patches, scenario, property, happens: verdict.happens, reason: verdict.reason })
  } else {
    const sign = verdict.happens ? '✗' : '✓'
    const what = verdict.happens ? 'still happens' : 'does not happen any more'
    const elsewhere = flags.kernel !== undefined || flags.patch.length > 0
    print([
      `${sign} ${found.scenario}   ${found.property}   ${what}: ${verdict.reason}`,
      ...(elsewhere ? [`  on kernel ${[kernel, ...patches].join(' + ')}`] : []),
      ...(verdict.happens ? [] : ['  Other steps may still lead to it; `foliocheck check` searches for them.']),
    ])
  }
  return verdict.happens ? EXIT.violated : EXIT.ok
}

/** Replays on the kernel and patches of the file, or on those asked for. @throws FileError for names it does not know */
async function replayOn(
  file: string,
  found: Counterexample,
  flags: ReplayFlags,
): Promise<ReplayVerdict & { readonly kernel: string; readonly patches: readonly string[] }> {
  const project = await loadProject(flags.model)
  const given = flags.kernel !== undefined || flags.patch.length > 0
  try {
    const kernel = given
      ? await kernelWith(project, flags.kernel ?? found.kernel, flags.patch)
      : kernelNamed(project, found.kernel, found.patches)
    return { ...replayCounterexample(project, kernel, found), kernel: kernel.name, patches: kernel.patches }
  } catch (thrown) {
    if (!(thrown instanceof UsageError) || given) throw thrown
    const hint = thrown.object.startsWith('patch') ? 'a patch from a file is given with --patch' : thrown.next
    throw new FileError(file, `names ${thrown.object}, which ${thrown.reason}`, hint)
  }
}
