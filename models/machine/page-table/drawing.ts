import { type Box, drawing, type Line, type Section } from 'foliocheck'
import { drawFrames } from './drawing-frames.js'
import { drawTables } from './drawing-tables.js'
import { FRAMES, mmOf, N, VMAS } from './sizes.js'
import { pageTable, type State } from './state.js'
import { isStale } from './tlb.js'

/**
 * Two address spaces on a whiteboard: frames under their folios, page tables under their VMAs, what TLBs have cached.
 * Who holds which lock is shown with the locks.
 */
export const pageTableDrawing = drawing(pageTable, (s): Section[] => [
  { title: 'page frames', columns: FRAMES, boxes: drawFrames(s) },
  { title: 'page tables', columns: VMAS * N, boxes: drawTables(s) },
  { title: 'TLBs', boxes: s.tlbs.map((tlb, cpu) => translations(s, tlb, cpu)) },
  { title: 'mm', boxes: [...s.mms.map((mm, i) => addressSpace(s, mm, i)), ...statistics(s)] },
  { title: 'rmap', boxes: [tree(s)] },
])

/** What one CPU has cached; a translation that a walk of the tables would not give any more is said to be stale. */
function translations(s: State, { huge, small }: State['tlbs'][number], cpu: number): Box {
  const line = (name: string, { pfn, write }: (typeof huge)[number], stale: boolean): Line[] =>
    pfn < 0
      ? []
      : [
          {
            name,
            value: `p${pfn} ${write ? 'write' : 'read'}${stale ? ', stale' : ''}`,
            ...(stale && { tone: 'passing' }),
          },
        ]
  const lines = s.vmas.flatMap(({ pmd, ptes }, va) => [
    ...line(`va${va}`, huge[va], isStale(huge[va], pmd)),
    ...ptes.flatMap((pte, i) => {
      const cached = small[va * N + i]
      return line(`va${va}[${i}]`, cached, pmd.kind !== 'table' || isStale(cached, pte))
    }),
  ])
  const name = `TLB ${cpu}`
  return lines.length === 0 ? { name, title: 'empty', tone: 'quiet', lines } : { name, lines }
}

function addressSpace(s: State, mm: State['mms'][number], i: number): Box {
  const { rss, gathers, batched, hasPinned, writeProtectSeq } = mm
  const lives = s.vmas.some(({ present }, va) => present && mmOf(va) === i)
  const lines: Line[] = [
    ...(rss > 0 || lives ? [{ name: 'MM_ANONPAGES', value: `${rss}` }] : []),
    ...(gathers > 0 ? [{ name: 'mmu_gathers', value: `${gathers}` }] : []),
    ...(batched ? [{ name: 'tlb flush', value: 'batched', tone: 'passing' as const }] : []),
    ...(hasPinned ? [{ name: 'MMF_HAS_PINNED', value: 'set' }] : []),
    ...(writeProtectSeq > 0
      ? [{ name: 'write_protect_seq', value: `${writeProtectSeq}${writeProtectSeq % 2 === 1 ? ', copying' : ''}` }]
      : []),
  ]
  const name = `mm${i}`
  return lines.length === 0 ? { name, title: 'none', tone: 'quiet', lines } : { name, lines }
}

function statistics({ nrAnon }: State): Box[] {
  return nrAnon === 0 ? [] : [{ name: 'mTHP', lines: [{ name: 'nr_anon', value: `${nrAnon}` }] }]
}

/** What a walk from a folio to its mappings visits. */
function tree({ vmas }: State): Box {
  const attached = vmas.flatMap((vma, va) => (vma.attached ? [`va${va}`] : []))
  if (attached.length === 0) return { name: 'anon_vma', title: 'no VMA', tone: 'quiet', lines: [] }
  return { name: 'anon_vma', lines: [{ name: 'VMAs', value: attached.join(', ') }] }
}
