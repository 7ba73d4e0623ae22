import { Console } from 'node:console'
import { existsSync, statSync } from 'node:fs'
import { register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { FileError, ModelError, reasonOf, UsageError } from '../errors.js'
import type { Kernel } from '../program/kernel.js'
import { applyPatch, type Patch } from '../program/patch.js'
import { didYouMean } from '../program/suggest.js'
import { builtInModel, builtInModels } from './built-in.js'
import type { Source } from './hooks.js'
import { named, type Project, project } from './project.js'
import { isPatch, isProject } from './shape.js'

let typescript = false

/** Lets `import` load TypeScript, and resolve `foliocheck` to this very package from wherever a user's file lies. */
function allowTypeScript(): void {
  if (typescript) return
  typescript = true
  // Standard output is for results alone, whatever a user's module prints.
  globalThis.console = new Console(process.stderr)
  const { port1, port2 } = new MessageChannel()
  told = port1
  register('./hooks.js', import.meta.url, { data: { port: port2 }, transferList: [port2] })
  port1.unref()
}

let told: MessagePort | undefined
const sources = new Map<string, string>()

/** The modules that a user's project and patches were loaded from so far: by file the text that runs, or ''. */
export function loadedSources(): ReadonlyMap<string, string> {
  for (let got = told && receiveMessageOnPort(told); got && told; got = receiveMessageOnPort(told)) {
    const { file, text } = got.message as Source
    sources.set(file, text)
  }
  return sources
}

async function importDefault(file: string, what: string): Promise<unknown> {
  const path = resolve(file)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) {
    const reason = found ? 'is not a file' : 'does not exist'
    throw new FileError(file, reason, `give the path of a module that exports ${what}`)
  }
  allowTypeScript()
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown }
  } catch (thrown) {
    if (thrown instanceof ModelError || thrown instanceof FileError) throw thrown
    throw new FileError(file, `cannot be loaded: ${whyNot(thrown)}`, 'correct it; an editor or tsc tells more')
  }
  if (!('default' in module)) throw new FileError(file, 'has no default export', `export default ${what}`)
  return module.default
}

/** What went wrong in a module, in one line: the compiler puts the place into the second line of its message. */
function whyNot(thrown: unknown): string {
  const lines = reasonOf(thrown)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const [first = 'it threw nothing', second] = lines
  return first.endsWith(':') && second !== undefined ? `${first} ${second}` : first
}

function unknownModel(name: string): UsageError {
  const names = builtInModels.map(model => model.name)
  const otherwise = `it is one of ${names.join(', ')}, or the path of a module`
  return new UsageError(`model '${name}'`, 'is not known', didYouMean(name, names, otherwise))
}

/** The project of a user's module, or a built-in one by its name. @throws UsageError, FileError, ModelError */
export async function loadProject(file: string | undefined): Promise<Project> {
  const builtIn = builtInModel(file)
  if (builtIn) return ((await import(builtIn.specifier)) as { default: Project }).default
  if (file === undefined) throw new Error('there is no built-in model')
  if (!isFile(file) && !existsSync(file)) throw unknownModel(file)
  const what = 'project({ kernels, patches, scenarios, properties })'
  const loaded = await importDefault(file, `a ${what}`)
  if (isProject(loaded)) return project(loaded)
  throw new FileError(file, 'does not export a project', `export default ${what}`)
}

/** Whether a patch is given by a file rather than by name. */
export function isFile(name: string): boolean {
  return /[/\\]|\.(ts|mts|js|mjs)$/.test(name)
}

/**
 * A kernel of the project with patches applied, each given by name or by the path of a module.
 * @throws UsageError, FileError, ModelError
 */
export async function kernelWith(project: Project, kernelName: string, patches: readonly string[]): Promise<Kernel> {
  let kernel = named('kernel', project.kernels, kernelName)
  for (const patch of await loadPatches(project, patches)) kernel = applyPatch(kernel, patch)
  return kernel
}

/**
 * The same with patches of the project only: for names that a file brings along, which must not decide what code runs.
 * @throws UsageError, ModelError
 */
export function kernelNamed(project: Project, kernelName: string, patches: readonly string[]): Kernel {
  const kernel = named('kernel', project.kernels, kernelName)
  return patches.reduce((patched, name) => applyPatch(patched, patchOf(project, name)), kernel)
}

async function loadPatches(project: Project, names: readonly string[]): Promise<Patch[]> {
  const patches: Patch[] = []
  for (const name of names) patches.push(...(isFile(name) ? await patchesIn(name) : [patchOf(project, name)]))
  return patches
}

function patchOf(project: Project, name: string): Patch {
  const near = project.patches.length === 0 ? 'give the path of a file, such as ./my-patch.ts' : undefined
  if (near !== undefined) throw new UsageError(`patch '${name}'`, 'is not known', near)
  return named('patch', project.patches, name)
}

async function patchesIn(file: string): Promise<readonly Patch[]> {
  const loaded = await importDefault(file, 'a patch(…) or a list of them')
  const list: readonly unknown[] = Array.isArray(loaded) ? loaded : [loaded]
  if (list.length > 0 && list.every(isPatch)) return list
  throw new FileError(file, 'does not export a patch', "export default patch('name', { … }, on(operation, …))")
}

/** The kernel that is checked unless another is named. @throws ModelError when there are none. */
export function newest(project: Project): Kernel {
  const last = project.kernels.at(-1)
  if (!last) throw new ModelError('the project', 'has no kernels', 'add one with kernel(…)')
  return last
}
