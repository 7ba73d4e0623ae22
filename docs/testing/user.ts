import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { ROOT, Shell } from './shell.js'

/** The folder that docs/ci.md speaks of, as a user has it. */
export interface UserFolder {
  readonly folder: string
  /** What records the counterexample of its one bug. Until it has run, `regress` fails there. */
  readonly record: string
}

/** A folder below tmp/ that is gone after the tests of the file. */
export function temporaryFolder(name: string): string {
  mkdirSync(join(ROOT, 'tmp'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'tmp', `${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder with a small model in my.ts, of which `newest` is the newest kernel, and an index with one bug. */
export function userFolder(newest: 'v1' | 'v2'): UserFolder {
  const folder = temporaryFolder('user')
  cpSync(join(ROOT, 'test', 'cli', 'fixtures'), join(folder, 'fixtures'), { recursive: true })
  const model = `import { project } from 'foliocheck'
import fixture from './fixtures/project.js'
export default project({ ...fixture, kernels: fixture.kernels.filter(kernel => kernel.name <= '${newest}') })
`
  writeFileSync(join(folder, 'my.ts'), model)
  mkdirSync(join(folder, 'counterexamples'))
  const bug = {
    id: 'object-use-after-free',
    title: 'object_get uses an object that is gone',
    scenario: 'get-races-put',
    property: 'no-use-after-free',
    before: { kernel: 'v1', patches: [] },
    after: { kernel: 'v1', patches: ['get-unless-zero'] },
  }
  writeFileSync(join(folder, 'counterexamples', 'index.json'), JSON.stringify({ bugs: [bug], known: [] }))
  return { folder, record: 'npx foliocheck regress --model ./my.ts --index counterexamples/index.json --record' }
}

/** A shell there, with the bug recorded. @throws Error when it cannot be */
export async function recorded({ folder, record }: UserFolder): Promise<Shell> {
  const shell = new Shell(folder)
  const { exit, output } = await shell.run(record)
  if (exit !== 0) throw new Error(output)
  return shell
}
