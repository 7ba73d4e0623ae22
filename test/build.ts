import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds the package once before the tests, which run the real command. @throws Error, and no test runs, when it fails */
export default function build(): void {
  const script = fileURLToPath(new URL('../scripts/build.js', import.meta.url))
  execFileSync(process.execPath, [script], { stdio: 'inherit' })
}
