/** A model, scenario or patch that is wrong: exit code 65. Names the object, the cause and the next step. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  constructor(
    readonly object: string,
    readonly reason: string,
    readonly next: string,
  ) {
    super(`${object}: ${reason}; ${next}`)
  }
}

/** A command line that is wrong: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  constructor(
    readonly object: string,
    readonly reason: string,
    readonly next: string,
  ) {
    super(`${object}: ${reason}; ${next}`)
  }
}

/** A file that cannot be read, is damaged, or is not what it claims to be: exit code 65. */
export class FileError extends Error {
  override readonly name = 'FileError'
  constructor(
    readonly object: string,
    readonly reason: string,
    readonly next: string,
  ) {
    super(`${object}: ${reason}; ${next}`)
  }
}

/** The value that was thrown, in one line. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
