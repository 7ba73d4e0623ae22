import { type Box, type Line, NONE, type Tone } from 'foliocheck'
import { eachEntry, refsOf } from './ledger.js'
import { FRAMES, isDeviceFrame } from './sizes.js'
import type { PageState, State } from './state.js'

/** Page frames, and above them the folio that each belongs to. */
export function drawFrames(s: State): Box[] {
  return s.pages.flatMap((page, p) => [...(page.head === p ? [folio(s, p)] : []), frame(s, p)])
}

function zoneOf(p: number): Tone {
  return isDeviceFrame(p) ? 'device' : 'memory'
}

function folio(s: State, head: number): Box {
  const { frozen, locked, large, emap, lmap, pins, index } = s.pages[head]
  let end = head + 1
  while (end < FRAMES && s.pages[end].head === head) end++
  const title = [large ? 'PMD order' : 'order 0', frozen ? 'frozen' : '', locked ? 'locked' : '']
  return {
    name: `folio p${head}`,
    title: title.filter(Boolean).join(', '),
    tone: frozen ? 'passing' : locked ? 'held' : zoneOf(head),
    at: { column: head, span: end - head },
    lines: [
      references(s, head),
      ...(lmap > 0 || emap > 0 ? [{ name: 'mapcount', value: `${lmap}${emap > 0 ? `, entire ${emap}` : ''}` }] : []),
      ...(pins > 0 ? [{ name: 'pincount', value: `${pins}` }] : []),
      ...flags(s.pages[head]),
      ...(index === NONE || large ? [] : [{ name: 'index', value: `${index}` }]),
    ],
  }
}

const FLAGS = { anon: 'anon', dirty: 'dirty', lazyFree: 'lazyfree', lruBatch: 'LRU batch' } as const

function flags(page: PageState): Line[] {
  const set = Object.entries(FLAGS).flatMap(([flag, name]) => (page[flag as keyof typeof FLAGS] ? [name] : []))
  return [
    ...(set.length > 0 ? [{ name: 'flags', value: set.join(' ') }] : []),
    ...(page.uncharged ? [{ name: 'memcg', value: 'moved away' }] : []),
  ]
}

/** The count with its owners: entries, threads, a batch for the LRU. A thread may have dropped what an entry owned. */
function references(s: State, head: number): Line {
  const { ref, frozen, lruBatch } = s.pages[head]
  const owners = new Map<string, number>()
  const add = (owner: string, count: number) => {
    if (count !== 0) owners.set(owner, (owners.get(owner) ?? 0) + count)
  }
  eachEntry(s, (e, va) => {
    if (e.pfn !== NONE && s.pages[e.pfn].head === head) add(`va${va}`, refsOf(e))
  })
  s.accounts.forEach(({ of }, cpu) => {
    add(`cpu${cpu}`, of[head].refs)
  })
  const owned = [...owners.values()].reduce((sum, count) => sum + count, 0)
  if (lruBatch && ref === owned + 1) add('LRU batch', 1)
  // What the initial state has beyond that belongs to somebody outside of the model.
  else add('elsewhere', ref - owned)
  const sum = [...owners]
    .map(([owner, count], i) => `${count < 0 ? '- ' : i > 0 ? '+ ' : ''}${times(Math.abs(count))}${owner}`)
    .join(' ')
  const value = ref === 0 && sum === '' ? '0' : `${ref} = ${sum}`
  if (ref < owned) return { name: 'ref', value, tone: 'alarm' }
  return { name: 'ref', value, ...(frozen && { tone: 'passing' }) }
}

function times(count: number): string {
  return count === 1 ? '' : `${count}×`
}

function frame(s: State, p: number): Box {
  const { head, pmap, ae, data, pinned, fresh } = s.pages[p]
  const name = `p${p}`
  const at = { column: p, row: 1 }
  if (head === NONE) return { name, title: 'free', tone: 'quiet', at, lines: [] }
  return {
    name,
    ...(head !== p && { title: `tail of p${head}` }),
    tone: zoneOf(p),
    at,
    lines: [
      ...(pmap > 0 ? [{ name: '_mapcount', value: `${pmap}` }] : []),
      ...(ae ? [{ name: 'exclusive', value: 'anon' }] : []),
      { name: 'data', value: `${data}` },
      ...(pinned > 0 ? [{ name: 'pinned', value: `${pinned}`, ghost: true }] : []),
      ...(fresh ? [{ name: 'first map', value: 'not entered yet', ghost: true }] : []),
    ],
  }
}
