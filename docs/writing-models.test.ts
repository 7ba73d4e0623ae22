import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import * as words from '../src/index.js'
import { blocksOf } from './testing/blocks.js'
import { ROOT, Shell } from './testing/shell.js'

/** The TypeScript of docs/writing-models.md is one model: it compiles, and it can be checked. */
const markdown = readFileSync(join(ROOT, 'docs', 'writing-models.md'), 'utf8')
const blocks = blocksOf(markdown).filter(block => block.language === 'ts')
mkdirSync(join(ROOT, 'tmp'), { recursive: true })
const folder = mkdtempSync(join(ROOT, 'tmp', 'words-'))
const shell = new Shell(folder)
writeFileSync(join(folder, 'words.ts'), blocks.map(block => block.text).join('\n'))
const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
}
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Exports that are for programs that explore by themselves, not for models. */
const NOT_FOR_MODELS =
  /^(applyPatch|checksOf|compile|create\w+|explore|limits|named|traceOf|violates|walk|Machine|\w+(Error|System))$/

describe('docs/writing-models.md', () => {
  test('shows every word that models are written with', () => {
    const exported = Object.keys(words).filter(name => !NOT_FOR_MODELS.test(name))
    expect(exported.length).toBeGreaterThan(20)
    const code = blocks.map(block => block.text).join('\n')
    expect(exported.filter(name => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([])
  })

  test('examples are short', () => {
    expect(blocks.length).toBeGreaterThan(20)
    for (const { text, line } of blocks) expect(text.trim().split('\n').length, `line ${line}`).toBeLessThan(24)
  })

  test('is a model that compiles', async () => {
    expect(await shell.run('npx tsc -p .')).toEqual({ exit: 0, output: '' })
  })

  test('is a model that can be checked', async () => {
    const { exit, output } = await shell.run('npx foliocheck check --model words.ts')
    expect(output).toContain('proved')
    expect(exit, output).toBe(0)
  })

  test('its patches apply', async () => {
    const patches = [...markdown.matchAll(/\bpatch\(\s*'([\w-]+)'/g)].map(([, name]) => name)
    expect(patches.length).toBeGreaterThan(2)
    const flags = patches.map(name => `--patch ${name}`).join(' ')
    const { exit, output } = await shell.run(`npx foliocheck compare --model words.ts ${flags}`)
    expect(output).toContain('0 broken')
    expect(exit, output).toBe(0)
  })
})
