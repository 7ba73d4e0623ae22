import type { Counterexample } from '../check/counterexample.js'
import { ModelError, UsageError } from '../errors.js'
import { kernelNamed, loadProject } from '../project/load.js'
import { counterexamplePage } from '../report/html/counterexample-page.js'
import type { Models } from '../report/html/story.js'
import { replayHint } from './replay-hint.js'

/** A counterexample that was read from a file, as a page of HTML. Its states are drawn where the models are at hand. */
export async function explainHtml(found: Counterexample, file: string, model: string | undefined): Promise<string> {
  const replay = replayHint(file, model === undefined ? {} : { model })
  return counterexamplePage(found, { models: await modelsOf(found, model), replay })
}

/** The models that it was found on, or why there are none: a page without pictures still tells it. */
async function modelsOf(found: Counterexample, model: string | undefined): Promise<Models | string> {
  const project = await loadProject(model)
  try {
    return { project, kernel: kernelNamed(project, found.kernel, found.patches) }
  } catch (thrown) {
    if (thrown instanceof UsageError || thrown instanceof ModelError) return `${thrown.object} ${thrown.reason}`
    throw thrown
  }
}
