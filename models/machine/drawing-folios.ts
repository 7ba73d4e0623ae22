import { type Box, type Line, NONE } from 'foliocheck'
import { PAGES, type State } from './state.js'

/** The folios that mm has, each over its pages, and between them the pages that it does not have. */
export function drawFolios(s: State): Box[] {
  const boxes: Box[] = []
  for (let p = 0; p < PAGES; ) {
    const { folio, owner } = s.pages[p]
    let end = p + 1
    while (end < PAGES && s.pages[end].folio === folio && s.pages[end].owner === owner) end++
    const at = { column: p, span: end - p }
    if (folio === p) boxes.push({ ...folioBox(s, p, end - p), at })
    else {
      // Pages of mm without a head of their own are those of a folio that is being made.
      const title = folio === NONE ? (owner === 'mm' ? 'being made' : owner) : `of p${folio}`
      boxes.push({ name: pages(p, end), title, tone: owner === 'mm' ? 'passing' : 'quiet', at, lines: [] })
    }
    p = end
  }
  return boxes
}

/** `p2`, `p0..p3`: the pages from `start` to before `end`. */
export function pages(start: number, end: number): string {
  return end - start === 1 ? `p${start}` : `p${start}..p${end - 1}`
}

function folioBox(s: State, head: number, nr: number): Box {
  const { frozen, building, locked, mapcount, w1 } = s.pages[head]
  const order = Number.isInteger(Math.log2(nr)) ? `order ${Math.log2(nr)}` : `${nr} pages`
  const title = [order, frozen ? 'frozen' : '', building ? 'being made' : '', locked ? 'locked' : '']
  return {
    name: `folio p${head}`,
    title: title.filter(Boolean).join(', '),
    tone: frozen || building ? 'passing' : locked ? 'held' : 'device',
    lines: [
      references(s, head),
      ...(mapcount > 0 ? [{ name: 'mapcount', value: `${mapcount}` }] : []),
      ...(w1.tag === 'pgmap' || building || frozen
        ? []
        : [{ name: 'pgmap', value: w1.tag === 'head' ? `head(p${w1.value})` : 'NULL', tone: 'alarm' as const }]),
    ],
  }
}

/** The count, and who owns it: each entry that maps the folio, and threads for the rest. */
function references(s: State, head: number): Line {
  const { ref, owned, frozen } = s.pages[head]
  const mapped = s.slots.flatMap(({ page, migration }, va) =>
    page !== NONE && !migration && s.pages[page].folio === head ? [`va${va}`] : [],
  )
  // An entry that is being taken away may have no reference left; then who owns the rest cannot be told.
  const rest = owned - mapped.length
  const owners = rest < 0 ? `${owned} owned` : [...mapped, ...(rest > 0 ? [byThreads(rest)] : [])].join(' + ')
  if (frozen && ref === 0) return { name: 'ref', value: `0, frozen; ${owners || 'owned by nobody'}`, tone: 'passing' }
  if (ref === owned) return { name: 'ref', value: ref === 0 ? '0' : `${ref} = ${owners}` }
  return { name: 'ref', value: `${ref}, owned ${owned}${owned > 0 ? `: ${owners}` : ''}`, tone: 'alarm' }
}

function byThreads(count: number): string {
  return count === 1 ? '1 by a thread' : `${count} by threads`
}
