/** A fenced block of a Markdown text. */
export interface Block {
  /** The first word after the fence: `ts`, `sh`, `text`. */
  readonly language: string
  /** From `file=…` after it; the file that the block is. */
  readonly file: string | undefined
  readonly text: string
  /** The heading of second level above it. */
  readonly chapter: string
  /** Line of the opening fence, from 1. */
  readonly line: number
}

/** A command of a `sh` block. */
export interface Command {
  readonly command: string
  /** From `# exit code 1` after it; 0 without. */
  readonly exit: number
  readonly line: number
}

/** All fenced blocks, in order. @throws Error for a fence that is not closed. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let chapter = ''
  let open: { line: number; info: string; text: string[] } | undefined
  for (const [i, line] of markdown.split('\n').entries()) {
    if (open && line === '```') {
      const [language = '', ...attributes] = open.info.split(/\s+/)
      const file = attributes.find(word => word.startsWith('file='))?.slice('file='.length)
      blocks.push({ language, file, text: `${open.text.join('\n')}\n`, chapter, line: open.line })
      open = undefined
    } else if (open) open.text.push(line)
    else if (line.startsWith('## ')) chapter = line.slice(3)
    else if (line.startsWith('```')) open = { line: i + 1, info: line.slice(3), text: [] }
  }
  if (open) throw new Error(`the block of line ${open.line} is not closed`)
  return blocks
}

/** The commands of a `sh` block: one a line, without the comments. */
export function commandsOf({ text, line }: Block): Command[] {
  return text.split('\n').flatMap((raw, i) => {
    const [, command = '', comment = ''] = /^(.*?)\s*(?:(?:^|\s)#\s*(.*))?$/.exec(raw) ?? []
    if (command === '') return []
    return [{ command, exit: Number(/^exit code (\d+)/.exec(comment)?.[1] ?? 0), line: line + 1 + i }]
  })
}

/** The block of output of a `sh` block: the `text` block after it. */
export function outputOf(blocks: readonly Block[], block: Block): Block | undefined {
  const next = blocks[blocks.indexOf(block) + 1]
  return next?.language === 'text' ? next : undefined
}

/** The Markdown text that `blocks` were read from, with other text in some of them. */
export function withTexts(markdown: string, texts: ReadonlyMap<Block, string>): string {
  const lines = markdown.split('\n').map(line => [line])
  for (const [{ line, text }, fresh] of texts) {
    const old = text === '\n' ? 0 : text.split('\n').length - 1
    lines.fill([], line, line + old)
    lines[line - 1].push(...fresh.trimEnd().split('\n'))
  }
  return lines.flat().join('\n')
}
