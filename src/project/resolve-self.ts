/** The part of Node's module hooks that is used here. */
type Resolve = (
  specifier: string,
  context: { parentURL?: string },
  next: (specifier: string, context: { parentURL?: string }) => Promise<{ url: string }>,
) => Promise<{ url: string; shortCircuit?: boolean }>

/**
 * Resolves `foliocheck` from a user's file to the package that is running. Two copies of it in one process would not
 * see each other's findings.
 */
export const resolve: Resolve = (specifier, context, next) =>
  /^foliocheck(\/|$)/.test(specifier)
    ? next(specifier, { ...context, parentURL: import.meta.url })
    : next(specifier, context)
