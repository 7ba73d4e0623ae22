import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the package that is running. */
export function packageRoot(): string {
  let here = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(here, 'package.json')) && dirname(here) !== here) here = dirname(here)
  return here
}

/** The package's version. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
}
