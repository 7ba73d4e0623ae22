import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'

/** The part of Node's module hooks that is used here. */
type Resolved = { readonly url: string; readonly format?: string | null; readonly shortCircuit?: boolean }
type Resolve = (
  specifier: string,
  context: { readonly parentURL?: string },
  next: (specifier: string, context: { readonly parentURL?: string }) => Promise<Resolved>,
) => Promise<Resolved>
type Loaded = { readonly format: string; readonly source?: string | object; readonly shortCircuit?: boolean }
type Load = (url: string, context: object, next: (url: string, context: object) => Promise<Loaded>) => Promise<Loaded>

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

/** Loads TypeScript as a module, whatever the nearest package.json says: a model or a patch is never anything else. */
export const load: Load = async (url, context, next) => {
  if (!TYPESCRIPT.test(url)) return next(url, context)
  const sourcefile = fileURLToPath(url)
  const { code } = await transform(await readFile(sourcefile, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile,
    // Of a user's tsconfig.json nothing is heeded but what is the same everywhere.
    tsconfigRaw: {},
  })
  return { format: 'module', source: code, shortCircuit: true }
}
