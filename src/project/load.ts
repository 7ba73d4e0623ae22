import { existsSync } from 'node:fs'
import { register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FileError, ModelError, reasonOf, UsageError } from '../errors.js'
import type { Kernel } from '../program/kernel.js'
import { applyPatch, type Patch } from '../program/patch.js'
import { named, type Project, project } from './project.js'

let typescript = false

/** Lets `import` load TypeScript, and resolve `foliocheck` to this very package from wherever a user's file lies. */
async function allowTypeScript(): Promise<void> {
  if (typescript) return
  typescript = true
  const { register: registerTsx } = await import('tsx/esm/api')
  registerTsx()
  // The hook that is registered last is asked first.
  register('./resolve-self.js', import.meta.url)
}

async function importDefault(file: string, what: string): Promise<unknown> {
  const path = resolve(file)
  if (!existsSync(path)) throw new FileError(file, 'does not exist', `give the path of a module that exports ${what}`)
  await allowTypeScript()
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown }
  } catch (thrown) {
    if (thrown instanceof ModelError) throw thrown
    throw new FileError(
      file,
      `cannot be loaded: ${reasonOf(thrown).split('\n')[0]}`,
      'run it through your editor or tsc',
    )
  }
  if (module.default === undefined) throw new FileError(file, 'has no default export', `export default ${what}`)
  return module.default
}

/** The project of a user's module, or the built-in one. @throws FileError */
export async function loadProject(file: string | undefined): Promise<Project> {
  if (file === undefined) {
    const builtIn = (await import('foliocheck/models')) as { default: Project }
    return builtIn.default
  }
  const loaded = await importDefault(file, 'a project({ kernels, patches, scenarios, properties })')
  const parts = loaded as Partial<Project>
  if (!parts.kernels || !parts.patches || !parts.scenarios || !parts.properties) {
    throw new FileError(
      file,
      'does not export a project',
      'export default project({ kernels, patches, scenarios, properties })',
    )
  }
  return project(parts as Project)
}

/** Whether a patch is given by a file rather than by name. */
export function isFile(name: string): boolean {
  return /[/\\]|\.(ts|mts|js|mjs)$/.test(name)
}

/** A kernel of the project with patches applied, each given by name or by the path of a module. */
export async function kernelWith(project: Project, kernelName: string, patches: readonly string[]): Promise<Kernel> {
  let kernel = named('kernel', project.kernels, kernelName)
  for (const patch of await loadPatches(project, patches)) kernel = applyPatch(kernel, patch)
  return kernel
}

async function loadPatches(project: Project, names: readonly string[]): Promise<Patch[]> {
  const patches: Patch[] = []
  for (const name of names) {
    if (!isFile(name)) {
      patches.push(named('patch', project.patches, name))
      continue
    }
    const loaded = await importDefault(name, 'a patch(…) or a list of them')
    for (const patch of Array.isArray(loaded) ? loaded : [loaded]) {
      if (typeof patch !== 'object' || patch === null || !('edits' in patch)) {
        throw new FileError(name, 'does not export a patch', "export default patch('name', { … }, on(operation, …))")
      }
      patches.push(patch as Patch)
    }
  }
  return patches
}

/** Every name of the project by kind, for errors and completion. @throws UsageError when there are no kernels. */
export function newest(project: Project): Kernel {
  const last = project.kernels.at(-1)
  if (!last) throw new UsageError('project', 'has no kernels', 'add one')
  return last
}
