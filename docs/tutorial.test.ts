import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { type Block, blocksOf, outputOf } from './testing/blocks.js'
import { liveAndCompare } from './testing/live.js'
import { ROOT, Shell } from './testing/shell.js'

/**
 * Lives through docs/tutorial.md as a new user would: writes each block with `file=…`, runs each `sh` block, and compares
 * what is printed with the `text` block after it. Each chapter has a folder of its own, with the files of those before.
 */
const blocks = blocksOf(readFileSync(join(ROOT, 'docs', 'tutorial.md'), 'utf8'))
const chapters = [...new Set(blocks.map(block => block.chapter))]
/** The last version of each file. */
const files = new Map(blocks.flatMap(block => (block.file === undefined ? [] : [[block.file, block] as const])))
const folders: string[] = []
/** The tutorial imports from `foliocheck/models/…`. Until package.json exports that, there is nothing to run. */
const exported = './models/*' in manifest.exports

function folderIn(parent: string): string {
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'first-hour-'))
  folders.push(folder)
  return folder
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function write({ file, text }: Block, folder: string): void {
  if (file !== undefined) writeFileSync(join(folder, file), text)
}

describe('docs/tutorial.md', { timeout: 180_000 }, () => {
  test('has files, commands and outputs', () => {
    expect(files.size).toBeGreaterThan(8)
    for (const language of ['sh', 'text', 'ts']) {
      expect(blocks.filter(block => block.language === language).length, language).toBeGreaterThan(8)
    }
  })

  test.skipIf(!exported).concurrent.each(chapters)('%s', async chapter => {
    const shell = new Shell(folderIn(join(ROOT, 'tmp')))
    const problems: string[] = []
    const first = blocks.findIndex(block => block.chapter === chapter)
    for (const block of blocks.slice(0, first)) write(block, shell.folder)
    for (const block of blocks.filter(candidate => candidate.chapter === chapter)) {
      write(block, shell.folder)
      if (block.language === 'sh') problems.push(...(await liveAndCompare(block, outputOf(blocks, block), shell)))
    }
    expect(problems.join('\n\n')).toBe('')
  })

  test.skipIf(!exported).concurrent('works outside of the clone', async () => {
    const folder = folderIn(tmpdir())
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
    // What `npm install <path of the clone>` does, without its running of scripts.
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(ROOT, join(folder, 'node_modules', 'foliocheck'))
    for (const block of files.values()) write(block, folder)
    const shell = new Shell(folder)
    expect(await shell.run('npx tsc -p .')).toEqual({ exit: 0, output: '' })
    const { exit, output } = await shell.run('npx foliocheck compare --model project.ts --patch fix-v2.ts')
    expect(output).toContain('3 fixed, 0 broken, 0 still broken')
    expect(exit).toBe(0)
  })

  test.skipIf(!exported).concurrent('needs no package.json', async () => {
    const folder = folderIn(tmpdir())
    for (const block of files.values()) write(block, folder)
    const { exit, output } = await new Shell(folder).run('npx foliocheck check --model project.ts --patch fix-v2.ts')
    expect(exit, output).toBe(0)
  })

  test.skipIf(!exported).concurrent('needs no tsconfig.json of its own, and minds none', async () => {
    const model = join(ROOT, 'docs', 'tutorial', 'project.ts')
    const { exit, output } = await new Shell(ROOT).run(`npx foliocheck check --model ${model} dump-races-reuse`)
    expect(output).toContain('violated      dump-prints-used-pages')
    expect(exit, output).toBe(1)
  })

  test.skipIf(!exported)('docs/tutorial/ holds the same files', () => {
    const folder = join(ROOT, 'docs', 'tutorial')
    if (process.env.UPDATE_TUTORIAL) for (const block of files.values()) write(block, folder)
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort())
    for (const [file, { text }] of files) expect(readFileSync(join(folder, file), 'utf8'), file).toBe(text)
  })

  test('patches are short', () => {
    const patches = [...files].filter(([, { text }]) => text.includes('export default patch('))
    expect(patches.length).toBeGreaterThan(2)
    for (const [file, { text }] of patches) expect(text.trim().split('\n').length, file).toBeLessThanOrEqual(20)
  })
})
