import { describe, expect, test } from 'vitest'
import { blocksOf, withTexts } from './blocks.js'
import { mismatch, refreshed } from './match.js'

const printed = ['checked in 0.31 s', '', 'a   1 step', 'b   2 steps', '    more', 'c   3 steps', '3 in all'].join('\n')

describe('mismatch', () => {
  test('wants all lines, or elisions', () => {
    expect(mismatch(printed, printed)).toBeUndefined()
    expect(mismatch('…\nb 2 steps\n…\n3 in all', printed)).toBeUndefined()
    expect(mismatch('checked in 7 s\na … step\n…', printed)).toBeUndefined()
    expect(mismatch('…\nb 2 steps\nc 3 steps\n…', printed)).toBe('b 2 steps\nc 3 steps')
    expect(mismatch('…\nb 2 steps', printed)).toContain('b 2 steps')
  })
})

describe('refreshed', () => {
  test('keeps what still fits', () => {
    const kept = 'checked in 9.99 s\n…\nc … steps\n3 in all\n'
    expect(refreshed(kept, printed)).toBe(kept)
  })

  test('takes new numbers, and keeps the elisions', () => {
    expect(refreshed('…\nb 7 steps\nmore\n…\n4 in all\n', printed)).toBe('…\nb   2 steps\n    more\n…\n3 in all\n')
    expect(refreshed('…\nb … steps\nmore\nc 7 steps\n…\n', printed)).toBe('…\nb … steps\n    more\nc   3 steps\n…\n')
    expect(refreshed('checked in 1 s\na 9 step\n…\n', printed)).toBe('checked in 0.31 s\n\na   1 step\n…\n')
  })

  test('shows everything when other lines come', () => {
    expect(refreshed('…\nd 7 steps\n…\n', printed)).toBe(printed)
    expect(refreshed('?\n', printed)).toBe(printed)
  })
})

test('withTexts replaces the text of blocks, empty ones too', () => {
  const markdown = '# A\n\n```text\nold\nold\n```\n\nb\n\n```text\n```\n\nc\n'
  const blocks = blocksOf(markdown)
  const texts = new Map(blocks.map((block, i) => [block, `new ${i}\n`]))
  expect(withTexts(markdown, texts)).toBe('# A\n\n```text\nnew 0\n```\n\nb\n\n```text\nnew 1\n```\n\nc\n')
})
