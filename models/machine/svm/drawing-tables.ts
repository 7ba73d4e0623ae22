import { type Box, NONE, type Tone } from 'foliocheck'
import { HOLE } from './sizes.js'
import type { State } from './state.js'

/** Each address with its entry in the CPU's page table, and below it that in the device's. */
export function drawTables(s: State): Box[] {
  return s.ptes.flatMap((pte, va) => [cpuEntry(pte, va), gpuEntry(s, va)])
}

const ENTRIES: Record<State['ptes'][number]['kind'], readonly [title: string, tone: Tone]> = {
  none: ['none', 'quiet'],
  present: ['present', 'memory'],
  device: ['device-private', 'device'],
  migration: ['migration', 'passing'],
}

function cpuEntry({ kind, pfn, write, huge, want }: State['ptes'][number], va: number): Box {
  const [title, tone] = ENTRIES[kind]
  const value = [pfn === NONE ? 'no page' : `p${pfn}`, write ? 'write' : 'read'].join(' ')
  return {
    name: `va${va}`,
    title: huge ? `${title}, PMD` : title,
    tone,
    at: { column: va },
    lines: [
      ...(kind === 'none' ? [] : [{ name: '', value }]),
      ...(kind === 'none' && want === 0 ? [] : [{ name: 'must read', value: `${want}`, ghost: true }]),
    ],
  }
}

/** An entry that gives the device what the CPU's does not is an alarm at every instant. */
function gpuEntry(s: State, va: number): Box {
  const { valid, pfn, write } = s.gpu[va]
  const name = `gpu va${va}`
  const at = { column: va, row: 1 }
  if (!valid) return { name, title: 'none', tone: 'quiet', at, lines: [] }
  const { kind, pfn: of, write: may } = s.ptes[va]
  const stale = kind === 'none' || of !== pfn || (write && !may)
  return {
    name,
    title: stale ? 'stale' : 'valid',
    tone: stale ? 'alarm' : 'device',
    at,
    lines: [{ name: '', value: `${pfn === NONE ? 'no page' : `p${pfn}`} ${write ? 'write' : 'read'}` }],
  }
}

/** What migrate.src[] and migrate.dst[] hold, at the addresses that they are for. */
export function drawMigration(s: State): Box[] {
  return s.ptes.flatMap((_, i): Box[] => {
    const { pfn: source } = s.src[i]
    const { kind, pfn } = s.dst[i]
    const from = source === HOLE ? 'hole' : `p${source}`
    const to = { zero: '0', pfn: `pfn ${pfn}, bare`, mpfn: `p${pfn}` }[kind]
    return [
      ...(source === NONE ? [] : [{ name: `src[${i}]`, at: { column: i }, lines: [{ name: '', value: from }] }]),
      ...(kind === 'zero' ? [] : [{ name: `dst[${i}]`, at: { column: i, row: 1 }, lines: [{ name: '', value: to }] }]),
    ]
  })
}
