import { type Box, drawing, type Line, type Section } from 'foliocheck'
import { nrPages, PAGES, type State, split } from './state.js'

/** A file in the page cache on a whiteboard: what the cache has at each index, the folios over their pages, the pages. */
export const folioSplitDrawing = drawing(split, (s): Section[] => [
  { title: 'page cache', columns: PAGES, boxes: s.slots.map(({ folio }, i) => slot(s, folio, i)) },
  { title: 'page frames', columns: PAGES, boxes: [...drawFolios(s), ...s.pages.map((_, p) => frame(s, p))] },
])

function slot(s: State, folio: number, i: number): Box {
  const name = `index ${i}`
  const at = { column: i }
  if (folio < 0) return { name, title: 'none', tone: 'quiet', at, lines: [] }
  // While a folio is split the cache is behind; a lookup finds out by the page that it wanted.
  const other = s.pages[i].head !== folio
  const value = `p${folio}${other ? ', not its folio' : ''}`
  return { name, tone: other ? 'passing' : 'memory', at, lines: [{ name: 'folio', value }] }
}

function drawFolios(s: State): Box[] {
  return s.pages.flatMap(({ head, order, ref }, p): Box[] => {
    if (head !== p) return []
    let end = p + 1
    while (end < PAGES && s.pages[end].head === p) end++
    const frozen = ref === 0
    return [
      {
        name: `folio p${p}`,
        title: `order ${order}${frozen ? ', frozen' : ''}`,
        tone: frozen ? 'passing' : 'memory',
        at: { column: p, span: end - p },
        lines: [references(s, p)],
      },
    ]
  })
}

/** The count: one for each page in the cache, and what threads have. */
function references(s: State, p: number): Line {
  const { ref } = s.pages[p]
  if (ref === 0) return { name: 'ref', value: '0', tone: 'passing' }
  const threads = s.held[p].refs
  const owners = `${nrPages(s, p)} by the cache${threads > 0 ? ` + ${threads} by threads` : ''}`
  if (ref === nrPages(s, p) + threads) return { name: 'ref', value: `${ref} = ${owners}` }
  return { name: 'ref', value: `${ref}, but ${owners}`, tone: 'alarm' }
}

function frame(s: State, p: number): Box {
  const { head, hwpoison, hasHwpoisoned } = s.pages[p]
  return {
    name: `p${p}`,
    title: head === p ? 'head' : head < 0 ? 'free' : `tail of p${head}`,
    tone: head < 0 ? 'quiet' : 'memory',
    at: { column: p, row: 1 },
    lines: [
      ...(hwpoison ? [{ name: 'flags', value: 'hwpoison' }] : []),
      ...(hasHwpoisoned ? [{ name: 'flags of folio', value: 'has_hwpoisoned' }] : []),
    ],
  }
}
