import { type Box, type Line, NONE } from 'foliocheck'
import { pages } from './drawing-folios.js'
import { PAGES, type State } from './state.js'

/** What the driver keeps: free lists, or buffer objects with their zdd, and what the buddy allocator has. */
export function drawDriver(s: State): Box[] {
  const { lists, bos } = s
  if (lists.of !== 'nobody') return [...freeLists(s), ...counters(lists)]
  return [buddy(s), ...bos.map((bo, i) => buffer(bo, i))]
}

function freeLists(s: State): Box[] {
  return (['free_folios', 'free_pages'] as const).map((name): Box => {
    const value = chain(s, s.lists[name])
    if (value === '') return { name, title: 'empty', tone: 'quiet', lines: [] }
    return { name, lines: [{ name: '', value }] }
  })
}

/** `p0 → p2`, until the end, a word that is no link, or a page that was there before. */
function chain(s: State, first: number): string {
  const seen: string[] = []
  for (let p = first; p !== NONE; p = s.pages[p].w2.value) {
    const again = seen.includes(`p${p}`)
    seen.push(`p${p}`)
    if (again || p >= PAGES || s.pages[p].w2.tag !== 'link') return [...seen, '?'].join(' → ')
  }
  return seen.join(' → ')
}

function counters({ of, callocated, pinned, remove }: State['lists']): Box[] {
  const lines: Line[] = []
  if (of === 'nouveau') {
    const below = callocated === 15
    lines.push({ name: 'callocated', value: below ? '-1' : `${callocated}`, ...(below && { tone: 'alarm' }) })
    lines.push({ name: 'memory', value: pinned ? 'pinned' : 'not pinned' })
  }
  if (remove) lines.push({ name: 'chunk', value: 'being removed', tone: 'passing' })
  return lines.length === 0 ? [] : [{ name: of, lines }]
}

/** The blocks that nobody has. */
function buddy(s: State): Box {
  const free: string[] = []
  for (let p = 0; p < PAGES; p++) {
    const start = p
    while (p < PAGES && s.pages[p].owner === 'pool') p++
    if (p > start) free.push(pages(start, p))
  }
  if (free.length === 0) return { name: 'buddy', title: 'nothing free', tone: 'quiet', lines: [] }
  return { name: 'buddy', lines: [{ name: 'free', value: free.join(', ') }] }
}

function buffer(bo: State['bos'][number], i: number): Box {
  const name = `bo${i}`
  if (bo.pages === 0) return { name, title: 'none', tone: 'quiet', lines: [] }
  return {
    name,
    ...(bo.reserved ? { title: 'reserved', tone: 'held' } : { tone: 'device' }),
    lines: [
      { name: 'block', value: pages(bo.block, bo.block + bo.pages) },
      { name: 'refs', value: `${bo.refs}` },
      { name: 'zdd kref', value: `${bo.kref}` },
      ...(bo.detached ? [{ name: 'zdd', value: 'detached' }] : []),
      ...(bo.queued ? [{ name: 'last put', value: 'left to the worker', tone: 'passing' as const }] : []),
    ],
  }
}
