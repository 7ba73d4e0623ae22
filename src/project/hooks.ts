import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import { transform } from 'esbuild'
import { packageRoot } from './package-root.js'

/** The part of Node's module hooks that is used here. */
type Resolved = { readonly url: string; readonly format?: string | null; readonly shortCircuit?: boolean }
type Resolve = (
  specifier: string,
  context: { readonly parentURL?: string },
  next: (specifier: string, context: { readonly parentURL?: string }) => Promise<Resolved>,
) => Promise<Resolved>
type Loaded = { readonly format: string; readonly source?: string | object; readonly shortCircuit?: boolean }
type Load = (url: string, context: object, next: (url: string, context: object) => Promise<Loaded>) => Promise<Loaded>

/** The text of a module as it runs; empty while that is not known. */
export interface Source {
  readonly file: string
  readonly text: string
}

const PACKAGE = pathToFileURL(`${join(packageRoot(), 'dist')}/`).href

/** Whether a module is neither ours nor an installed package's. */
function isUsers(url: string): boolean {
  return url.startsWith('file:') && !url.startsWith(PACKAGE) && !url.includes('/node_modules/')
}

const TYPESCRIPT = /^file:[^?#]*\.m?ts$/

/**
 * Resolves `foliocheck` from a user's file to the package that is running: two copies of it in one process would not
 * see each other's findings. Finds `./x.ts` where `./x.js` or `./x` is asked for, as TypeScript does.
 */
export const resolve: Resolve = async (specifier, context, next) => {
  if (/^foliocheck(\/|$)/.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url })
  try {
    return await next(specifier, context)
  } catch (thrown) {
    if (!/^(\.|file:)/.test(specifier)) throw thrown
    const typed = /\.m?js$/.test(specifier) ? specifier.replace(/js$/, 'ts') : `${specifier}.ts`
    return next(typed, context).catch(() => {
      throw thrown
    })
  }
}

let tell: ((source: Source) => void) | undefined

/** Called once, with a port that is to hear of the text of every module of a user. */
export function initialize({ port }: { readonly port: MessagePort }): void {
  tell = source => port.postMessage(source)
}

/** Loads TypeScript as a module, whatever the nearest package.json says: a model or a patch is never anything else. */
export const load: Load = async (url, context, next) => {
  const own = isUsers(url)
  if (!TYPESCRIPT.test(url)) {
    if (own) tell?.({ file: fileURLToPath(url), text: await readFile(new URL(url), 'utf8').catch(() => '') })
    return next(url, context)
  }
  const sourcefile = fileURLToPath(url)
  // Told before it is looked at: a module that cannot be loaded is watched all the same.
  if (own) tell?.({ file: sourcefile, text: '' })
  const { code } = await transform(await readFile(sourcefile, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile,
    // Of a user's tsconfig.json nothing is heeded but what is the same everywhere.
    tsconfigRaw: {},
  })
  if (own) tell?.({ file: sourcefile, text: code })
  return { format: 'module', source: code, shortCircuit: true }
}
