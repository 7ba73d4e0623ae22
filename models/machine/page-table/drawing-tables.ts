import { type Box, type Line, NONE, type Tone } from 'foliocheck'
import { type EntryState, is_softleaf, type Kind } from './entry.js'
import { mmOf, N, ZAPPED } from './sizes.js'
import type { State } from './state.js'

/** Each VMA over its PMD, and that over the PTEs, where there are any. */
export function drawTables(s: State): Box[] {
  return s.vmas.flatMap((vma, va) => {
    const { present, pmd, ptes } = vma
    // The table below a leaf is the one that is being filled; while it is empty there is nothing to show.
    const filled = pmd.kind === 'table' || ptes.some(({ kind }) => kind !== 'none')
    return [
      area(vma, va),
      ...(present || pmd.kind !== 'none' ? [entry(`pmd va${va}`, pmd, { column: va * N, span: N, row: 1 })] : []),
      ...(filled ? ptes.map((pte, i) => entry(`pte va${va}[${i}]`, pte, { column: va * N + i, row: 2 })) : []),
    ]
  })
}

const ENTRIES: Record<Kind, readonly [name: string, tone: Tone]> = {
  none: ['none', 'quiet'],
  table: ['page table', 'plain'],
  present: ['present', 'memory'],
  invalid: ['invalidated', 'passing'],
  migration: ['migration', 'passing'],
  device: ['device-private', 'device'],
  exclusive: ['device-exclusive', 'device'],
}

/** An entry, with the bits as an accessor for its kind reads them. */
function entry(name: string, e: EntryState, at: NonNullable<Box['at']>): Box {
  const [title, tone] = ENTRIES[e.kind]
  return { name, title, tone, at, lines: e.kind === 'none' || e.kind === 'table' ? [] : [{ name: '', value: leaf(e) }] }
}

function leaf(e: EntryState): string {
  const soft = is_softleaf(e)
  const words = [
    `p${e.pfn}`,
    e.kind === 'exclusive' ? '' : soft ? e.mode : e.rw ? 'write' : 'read',
    e.dirty ? 'dirty' : '',
    (soft ? e.rw : e.softDirty) ? 'soft-dirty' : '',
    (soft ? e.user : e.uffd) ? 'uffd-wp' : '',
    e.protnone ? 'protnone' : '',
  ]
  return words.filter(word => word !== '').join(' ')
}

function area(vma: State['vmas'][number], va: number): Box {
  const { present, write, uffd, deposited, notifier, want, zaps, softDirty, protect } = vma
  const name = `va${va}`
  const at = { column: va * N, span: N }
  const left: Line[] = [
    ...(deposited > 0 ? [{ name: 'deposited', value: `${deposited}` }] : []),
    ...(notifier > 0 ? [{ name: 'notifier ranges', value: `${notifier} open`, tone: 'held' as const }] : []),
  ]
  if (!present) return { name, title: 'no VMA', tone: 'quiet', at, lines: left }
  const ghost = (line: string, value: string): Line => ({ name: line, value, ghost: true })
  return {
    name,
    title: [`mm${mmOf(va)}`, write ? 'writable' : 'read-only', uffd ? 'uffd-wp' : ''].filter(Boolean).join(', '),
    at,
    lines: [
      ...left,
      ghost('must read', want.map(({ data }) => expected(data)).join(', ')),
      ...(zaps > 0 ? [ghost('zaps under way', `${zaps}`)] : []),
      ...(softDirty ? [ghost('soft-dirty', 'set, never cleared')] : []),
      ...(protect ? [ghost('uffd-wp', 'asked for')] : []),
    ],
  }
}

/** What a read may return: what was written last, or anything, or anything until the zap ends and zeroes from then. */
function expected(data: number): string {
  if (data === NONE) return 'any'
  return data === ZAPPED ? 'zapped' : `${data}`
}
