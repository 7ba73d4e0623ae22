import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blocksOf, outputOf } from './testing/blocks.js'
import { liveAndCompare } from './testing/live.js'
import { ROOT, Shell } from './testing/shell.js'

test('docs/explore.md: what the terminal shows is what it says', async () => {
  const blocks = blocksOf(readFileSync(join(ROOT, 'docs', 'explore.md'), 'utf8'))
  const commands = blocks.filter(({ language }) => language === 'sh')
  expect(commands.length).toBeGreaterThan(0)
  for (const block of commands) {
    const output = outputOf(blocks, block)
    expect(output?.text).toContain('…')
    expect(await liveAndCompare(block, output, new Shell(ROOT))).toEqual([])
  }
})
