/** A link of a Markdown text. */
export interface Link {
  /** What it leads to, as it is written. */
  readonly target: string
  /** Line of its text, from 1. */
  readonly line: number
}

const blank = (text: string) => text.replace(/[^\n]/g, ' ')

/** The text without what is code: every other character stays where it is. */
function proseOf(markdown: string): string {
  const withoutBlocks = markdown.replace(/^ *```[\s\S]*?^ *```$/gm, blank)
  return withoutBlocks.replace(/(`+)(?!`)(?:(?!\n\n)[\s\S])*?[^`]\1(?!`)/g, blank)
}

/** All links, in order: `[text](target)`, `![text](target)`, and `[name]: target`. */
export function linksOf(markdown: string): Link[] {
  const prose = proseOf(markdown)
  return [...prose.matchAll(/\]\(\s*<?([^()\s>]*)[^()]*\)|^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)/gm)].map(
    ({ index, 1: inline, 2: named }) => ({ target: inline ?? named, line: prose.slice(0, index).split('\n').length }),
  )
}

/** What a fragment of a link may name: the headings, as GitHub makes names of them. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>()
  const withoutBlocks = markdown.replace(/^ *```[\s\S]*?^ *```$/gm, blank)
  for (const [, heading] of withoutBlocks.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const name = text.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-')
    let unique = name
    for (let again = 1; anchors.has(unique); again++) unique = `${name}-${again}`
    anchors.add(unique)
  }
  return anchors
}
