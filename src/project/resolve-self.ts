/** The parts of Node's module hooks that are used here. */
interface Resolved {
  readonly url: string
  readonly format?: string | null | undefined
}
type Resolve = (
  specifier: string,
  context: { parentURL?: string },
  next: (specifier: string, context: { parentURL?: string }) => Promise<Resolved>,
) => Promise<Resolved>

/**
 * Resolves `foliocheck` from a user's file to the package that is running: two copies of it in one process would not
 * see each other's findings. And takes a user's `.ts` file for a module wherever it lies, with or without a
 * package.json beside it that says so.
 */
export const resolve: Resolve = async (specifier, context, next) => {
  const own = /^foliocheck(\/|$)/.test(specifier)
  const resolved = await next(specifier, own ? { ...context, parentURL: import.meta.url } : context)
  const isTypeScript = /\.ts(\?|$)/.test(resolved.url) && !resolved.url.includes('/node_modules/')
  return isTypeScript ? { ...resolved, format: 'module' } : resolved
}
