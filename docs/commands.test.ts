import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { blocksOf, commandsOf } from './testing/blocks.js'
import { ROOT, Shell } from './testing/shell.js'

/**
 * The commands of README.md and of the other documents are run. Where one would check everything, which takes its time
 * and is what CI does anyway, it is run on the smallest part of that.
 */
const documents = ['README.md', ...readdirSync(join(ROOT, 'docs')).map(file => `docs/${file}`)].filter(
  file => file.endsWith('.md') && file !== 'docs/tutorial.md',
)
const commands = documents.flatMap(file =>
  blocksOf(readFileSync(join(ROOT, file), 'utf8'))
    .filter(block => block.language === 'sh')
    .flatMap(commandsOf)
    .map(({ command, line }) => [`${file}:${line}`, command] as const),
)
const index = join(ROOT, 'counterexamples', 'index.json')
const bug = existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as { bugs: { id: string }[] }).bugs[0].id : ''

mkdirSync(join(ROOT, 'tmp'), { recursive: true })
const folder = mkdtempSync(join(ROOT, 'tmp', 'commands-'))
const mine = join(folder, 'mine.ts')
writeFileSync(
  mine,
  "import { patch } from 'foliocheck'\nexport default patch('mine', { subject: '', date: '', status: '' })\n",
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Placeholders, and what a reader would put there. */
const FILLED: readonly (readonly [string, string])[] = [
  ['<name>', 'do-not-touch-device-folio-after-folio-free'],
  ['<bug>', bug],
  ['./mine.ts', mine],
]

/** Commands that check everything, and the part that is enough here. */
const NARROWED: readonly (readonly [RegExp, string])[] = [
  [/^npx foliocheck check$/, ' free-races-reuse'],
  [/^npx foliocheck compare (?!.* free-)/, ' free-races-reuse'],
  [/^npx foliocheck regress$/, ` ${bug}`],
  [/^npx foliocheck check --model page-table$/, ' fault-races-eviction'],
  [/^npx foliocheck regress --model page-table$/, ' dp-zap-pmd-ordering'],
  [/^npx foliocheck mutate$/, ' put_dev_pagemap --states 500'],
]

function runnable(command: string): string {
  const filled = FILLED.reduce((text, [from, to]) => text.replaceAll(from, to), command)
  return filled + (NARROWED.find(([pattern]) => pattern.test(filled))?.[1] ?? '')
}

describe('commands in the documents', { timeout: 180_000 }, () => {
  test('are there', () => {
    expect(commands.length).toBeGreaterThan(8)
  })

  test('installing builds the command', () => {
    expect(existsSync(join(ROOT, 'package-lock.json'))).toBe(true)
    expect(manifest.scripts.prepare).toBe(manifest.scripts.build)
    expect(existsSync(join(ROOT, manifest.bin.foliocheck))).toBe(true)
  })

  test.for(commands)('%s: %s', async ([, line], { skip }) => {
    skip(bug === '' && /<bug>|regress/.test(line), 'no counterexamples are recorded yet')
    for (const command of line.split(' && ')) {
      const [, script] = /^npm (?:run )?([\w:]+)$/.exec(command) ?? []
      if (script === 'ci') continue
      if (script !== undefined) expect(Object.keys(manifest.scripts)).toContain(script)
      else {
        const { exit, output } = await new Shell(ROOT).run(runnable(command))
        expect(exit, output).toBeLessThanOrEqual(3)
        expect(output).not.toBe('')
      }
    }
  })
})
