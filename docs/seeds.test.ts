import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Block, blocksOf, commandsOf, outputOf, withTexts } from './testing/blocks.js'
import { live, liveAndCompare } from './testing/live.js'
import { refreshed } from './testing/match.js'
import { ROOT, Shell } from './testing/shell.js'

/**
 * Runs the commands of docs/seeds/, and compares what they print with the `text` block after each. With UPDATE_SEEDS set
 * it writes those blocks anew.
 */
const folder = join(ROOT, 'docs', 'seeds')
const pages = readdirSync(folder).filter(file => file.endsWith('.md'))
const index = readFileSync(join(folder, 'README.md'), 'utf8')

async function update(file: string, markdown: string): Promise<void> {
  const blocks = blocksOf(markdown)
  const texts = new Map<Block, string>()
  for (const block of blocks.filter(({ language }) => language === 'sh')) {
    const { printed, problems } = await live(block, new Shell(ROOT))
    expect(problems).toEqual([])
    const output = outputOf(blocks, block)
    if (output) texts.set(output, refreshed(output.text, printed))
  }
  writeFileSync(join(folder, file), withTexts(markdown, texts))
}

describe('docs/seeds', { timeout: 180_000 }, () => {
  test.concurrent.each(pages)('%s', async file => {
    const markdown = readFileSync(join(folder, file), 'utf8')
    if (process.env.UPDATE_SEEDS) return update(file, markdown)
    const blocks = blocksOf(markdown)
    const problems: string[] = []
    for (const block of blocks.filter(({ language }) => language === 'sh')) {
      problems.push(...(await liveAndCompare(block, outputOf(blocks, block), new Shell(ROOT))))
    }
    expect(problems.join('\n\n')).toBe('')
  })

  test.each(pages.filter(file => file !== 'README.md'))(
    '%s is in the index, runs what it claims, and is short',
    file => {
      expect(index).toContain(`](${file})`)
      const markdown = readFileSync(join(folder, file), 'utf8')
      const commands = blocksOf(markdown)
        .filter(block => block.language === 'sh')
        .flatMap(commandsOf)
      expect(commands.length).toBeGreaterThan(3)
      for (const { command } of commands) expect(command).toMatch(/^npx foliocheck /)
      expect(markdown.split('\n').length).toBeLessThan(220)
    },
  )
})
