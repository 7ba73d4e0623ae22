import type { Counterexample } from '../check/counterexample.js'
import { programOf } from '../check/replay-counterexample.js'
import { FileError } from '../errors.js'
import { loadProject } from '../project/load.js'
import { itfText } from '../report/itf.js'
import { Diverged, replay } from '../trace/replay.js'
import { onKernelOf } from './kernel-of.js'

/**
 * A recorded counterexample in ITF. Its states are those that the models go through, so its steps are taken once more.
 * @throws FileError when they cannot be, or the models are others than the file's
 */
export async function explainItf(found: Counterexample, file: string, model: string | undefined): Promise<string> {
  const project = await loadProject(model)
  return onKernelOf(file, found, project, { patch: [] }, kernel => {
    try {
      const program = programOf(project, kernel, found)
      return itfText(found, program, replay(program, found.trace.run))
    } catch (thrown) {
      if (!(thrown instanceof Diverged)) throw thrown
      const reason = `takes steps that the models no longer take (${thrown.message})`
      throw new FileError(file, reason, '`foliocheck replay` says what is different')
    }
  })
}
