import type { Counterexample } from '../check/counterexample.js'
import { counterexampleIn } from '../check/counterexample-file.js'
import type { Variant } from '../check/expectations.js'
import { isItf, itfTraceIn } from '../check/itf-file.js'
import { readJson } from '../check/read-json.js'
import { type ReplayVerdict, replayCounterexample } from '../check/replay-counterexample.js'
import { UsageError } from '../errors.js'
import { loadProject } from '../project/load.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { onKernelOf } from './kernel-of.js'
import type { ReplayFlags } from './replay-flags.js'
import { replayItfFile } from './replay-itf.js'
import { print, printJson } from './terminal.js'

/** `foliocheck replay`: exit code 1 when the violation still happens, 0 when these steps do not lead to it any more. */
export async function replayFile(file: string, flags: ReplayFlags): Promise<ExitCode> {
  const parsed = readJson(file)
  if (isItf(parsed)) return replayItfFile(file, itfTraceIn(file, parsed), flags)
  if (flags.scenario !== undefined) {
    throw new UsageError('--scenario', 'is for traces that name none', 'leave it out: a counterexample names its own')
  }
  const found = counterexampleIn(file, parsed)
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
async function replayOn(file: string, found: Counterexample, flags: ReplayFlags): Promise<ReplayVerdict & Variant> {
  const project = await loadProject(flags.model)
  return onKernelOf(file, found, project, flags, kernel => {
    return { ...replayCounterexample(project, kernel, found), kernel: kernel.name, patches: kernel.patches }
  })
}
