import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median } from './sample.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const index = fileURLToPath(new URL('../counterexamples/index.json', import.meta.url))

interface Bug {
  readonly id: string
  readonly scenario: string
  readonly property: string
  readonly before: { readonly kernel: string; readonly patches: readonly string[] }
}

/** Whether the command line is built. */
export function isBuilt(): boolean {
  return existsSync(fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url)))
}

/** Median seconds that `foliocheck list` takes. */
export function listSeconds(repeats: number): number {
  return median(Array.from({ length: repeats }, () => seconds(['list'], 0)))
}

/**
 * Median seconds from the command to the counterexample, over every known bug that counterexamples/index.json lists;
 * undefined when it lists none.
 */
export function counterexampleSeconds(repeats: number): number | undefined {
  if (!existsSync(index)) return undefined
  const { bugs } = JSON.parse(readFileSync(index, 'utf8')) as { bugs: readonly Bug[] }
  if (bugs.length === 0) return undefined
  return median(
    bugs.map(({ scenario, property, before }) => {
      const patches = before.patches.flatMap(patch => ['--patch', patch])
      const args = ['check', scenario, '--kernel', before.kernel, ...patches, '--property', property]
      return median(Array.from({ length: repeats }, () => seconds(args, 1)))
    }),
  )
}

/** Seconds that a command takes. @throws Error when its exit code is above `most`. */
function seconds(args: readonly string[], most: number): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['bin/foliocheck.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  const taken = (performance.now() - start) / 1000
  if (status === null || status > most) throw new Error(`foliocheck ${args.join(' ')} failed: ${stderr}`)
  return taken
}
