import { type Box, drawing, type Line, NONE, type Section, type Tone } from 'foliocheck'
import { drawDriver } from './drawing-driver.js'
import { drawFolios } from './drawing-folios.js'
import { orderOfCode } from './order-code.js'
import { PAGES, type PageState, type State, zoneDevice } from './state.js'

/**
 * Device memory on a whiteboard. What a frame holds is shown as its words are, whoever would read them how; what the
 * folios are is the specification's knowledge. Holders of locks are shown with the locks.
 */
export const zoneDeviceDrawing = drawing(zoneDevice, (s): Section[] => [
  { title: 'folios', columns: PAGES, boxes: drawFolios(s) },
  { title: 'page frames', columns: PAGES, boxes: s.pages.map((_, p) => frame(s, p)) },
  { title: 'page tables', boxes: s.slots.map((slot, va) => entry(slot, va)) },
  { title: 'driver', boxes: drawDriver(s) },
  { title: 'dev_pagemap', boxes: [pagemap(s.pgmap)] },
  ...(s.src.some(isUsed) ? [{ title: 'migrate_pfn', boxes: s.src.flatMap(migratePfn) }] : []),
])

const FLAGS = ['locked', 'writeback', 'referenced', 'uptodate', 'dirty', 'lru', 'head', 'waiters'] as const
const TONES = { pool: 'quiet', driver: 'plain', mm: 'device' } as const satisfies Record<PageState['owner'], Tone>

/** One struct page. Words that are zero are left out, but for the two that every reader asks first. */
function frame(s: State, p: number): Box {
  const page = s.pages[p]
  const { w1, w2, w7, ref, mapping, mapcount } = page
  const set = (name: string, value: string, is: boolean): Line[] => (is ? [{ name, value }] : [])
  return {
    name: `p${p}`,
    title: page.owner,
    tone: page.frozen ? 'passing' : TONES[page.owner],
    at: { column: p },
    lines: [
      { name: '_refcount', value: `${ref}`, ...(ref === 0 && { tone: 'quiet' }) },
      ...set('flags', flags(s, p), page.w0 !== 0 || page.largeRmappable),
      { name: 'word 1', value: word(w1.tag, w1.value, 'p'), ...(w1.tag === 'null' && { tone: 'quiet' }) },
      ...set('word 2', word(w2.tag, w2.value, PREFIXES[w2.tag]), w2.tag !== 'null'),
      ...set('mapping', mapping, mapping !== 'null'),
      ...set('mapcount', `${mapcount}`, mapcount !== 0),
      ...set('word 7', w7.tag === 'nr' ? `nr_pages ${w7.value}` : w7.tag, w7.tag !== 'null'),
      ...set('exclusive', 'anon', page.anonExclusive),
      ...(page.life > 0 ? [{ name: 'life', value: `${page.life}`, ghost: true }] : []),
    ],
  }
}

const PREFIXES = { null: '', link: 'p', backing: 'order ', svmm: '', zdd: 'bo', compound: '' } as const

/** `head(p0)`, `zdd(bo1)`, `pgmap`. */
function word(tag: string, value: number, prefix: string): string {
  if (tag === 'link' && value === NONE) return 'link(end)'
  return value === NONE || tag === 'compound' ? tag : `${tag}(${prefix}${value})`
}

/** The low byte of the flags, which page 1 of a folio has for its order, and the one flag beyond it. */
function flags(s: State, p: number): string {
  const { w0, largeRmappable, folio } = s.pages[p]
  const byte = `0x${w0.toString(16).padStart(2, '0')}`
  const order = folio === p - 1 ? orderOfCode(w0) : undefined
  const names = order === undefined ? FLAGS.filter(flag => s.pages[p][flag]) : [`order ${order}`]
  return [byte, ...names, ...(largeRmappable ? [folio === p ? 'workingset' : 'large_rmappable'] : [])].join(' ')
}

/** An entry, with its table. A migration entry that names no page of the device is one of a page of system memory. */
function entry({ page, migration }: State['slots'][number], va: number): Box {
  const name = `va${va}`
  if (migration) {
    const of = page === NONE ? 'system memory' : `p${page}`
    return { name, tone: 'passing', lines: [{ name: 'migration', value: of }] }
  }
  if (page === NONE) return { name, title: 'none', tone: 'quiet', lines: [] }
  return { name, tone: 'device', lines: [{ name: 'device', value: `p${page}` }] }
}

/** The percpu_ref from its beginning to its end. */
function pagemap(pgmap: State['pgmap']): Box {
  const { cnt, dead, atomic, done, registered, present, exited, readers } = pgmap
  const ref = exited ? 'exited' : atomic ? 'atomic' : dead ? 'killed' : 'live'
  if (!present && !registered && !exited && cnt === 0) {
    return { name: 'pgmap', title: 'none', tone: 'quiet', lines: [] }
  }
  return {
    name: 'pgmap',
    tone: exited ? 'quiet' : dead ? 'passing' : 'plain',
    lines: [
      { name: 'ref', value: `${cnt}, ${ref}` },
      { name: 'pgmap_array', value: registered ? 'registered' : 'not there' },
      { name: 'struct pages', value: present ? 'present' : 'gone' },
      ...(done ? [{ name: 'done', value: 'completed' }] : []),
      ...(readers > 0 ? [{ name: 'RCU readers', value: `${readers}` }] : []),
    ],
  }
}

type MigratePfn = State['src'][number]

function isUsed({ page, migrate }: MigratePfn): boolean {
  return page !== NONE || migrate
}

function migratePfn(slot: MigratePfn, i: number): Box[] {
  if (!isUsed(slot)) return []
  const { page, migrate, compound, moved } = slot
  const bits = [migrate ? 'MIGRATE' : '', compound ? 'COMPOUND' : ''].filter(Boolean).join(' ')
  return [
    {
      name: `src[${i}]`,
      title: page === NONE ? 'no page' : `p${page}`,
      lines: [
        ...(bits === '' ? [] : [{ name: 'flags', value: bits }]),
        ...(moved ? [{ name: 'mapping', value: 'moved to dst' }] : []),
      ],
    },
  ]
}
