import { type Box, drawing, type Line, NONE, type Section } from 'foliocheck'
import { drawDriver, drawPagemap } from './drawing-driver.js'
import { drawMigration, drawTables } from './drawing-tables.js'
import { DEVICE, FRAMES, isDeviceFrame, PAGES, PEER } from './sizes.js'
import { type State, svm } from './state.js'

/**
 * One range on a whiteboard: each address with its entries in both page tables, one above the other, and the objects that
 * a driver hangs on the pages behind them. Who holds which lock is shown with the locks.
 */
export const svmDrawing = drawing(svm, (s): Section[] => [
  { title: 'system memory', columns: DEVICE, boxes: frames(s, 0, DEVICE) },
  { title: 'device memory', columns: FRAMES - DEVICE, boxes: frames(s, DEVICE, FRAMES) },
  { title: 'page tables', columns: PAGES, boxes: drawTables(s) },
  ...some({ title: 'migration', columns: PAGES, boxes: drawMigration(s) }),
  { title: 'notifier', boxes: notifier(s) },
  ...some({ title: 'driver', boxes: drawDriver(s) }),
  { title: 'dev_pagemap', boxes: drawPagemap(s) },
])

function some(section: Section): Section[] {
  return section.boxes.length > 0 ? [section] : []
}

function frames(s: State, from: number, to: number): Box[] {
  return s.pages.slice(from, to).map((_, i) => ({ ...frame(s, from + i), at: { column: i } }))
}

function frame(s: State, p: number): Box {
  const { used, locked, lru, data, zdd } = s.pages[p]
  const device = isDeviceFrame(p)
  const name = `p${p}`
  const whose = p === PEER ? 'peer' : ''
  if (!used && s.pages[p].ref === 0 && !locked) {
    const title = [whose, device && p !== PEER && s.pgmap.gone ? 'gone' : 'free'].filter(Boolean).join(', ')
    return { name, title, tone: 'quiet', lines: [] }
  }
  const title = [whose, used ? '' : 'free', locked ? 'locked' : ''].filter(Boolean).join(', ')
  return {
    name,
    ...(title !== '' && { title }),
    tone: locked ? 'held' : device ? 'device' : 'memory',
    lines: [
      references(s, p),
      { name: 'data', value: ['zeroes', '1', '2', 'old'][data] ?? `${data}` },
      ...(lru ? [{ name: 'on', value: 'LRU' }] : []),
      ...(zdd ? [{ name: 'zone_device_data', value: 'zdd' }] : []),
    ],
  }
}

/** The count; entries that map the page own one each, somebody outside of the model one, and threads the rest. */
function references(s: State, p: number): Line {
  const { ref, elsewhere } = s.pages[p]
  const owners = s.ptes.flatMap(({ kind, pfn }, va) =>
    pfn === p && (kind === 'present' || kind === 'device') ? [`va${va}`] : [],
  )
  if (elsewhere > 0) owners.push('elsewhere')
  const rest = ref - owners.length
  if (rest < 0) return { name: 'ref', value: `${ref}, but ${owners.join(' + ')}`, tone: 'alarm' }
  if (rest > 0) owners.push(rest === 1 ? '1 by a thread' : `${rest} by threads`)
  return { name: 'ref', value: owners.length === 0 ? '0' : `${ref} = ${owners.join(' + ')}` }
}

function notifier({ notifier: { seq, active, interval }, pagesValid, hmm }: State): Box[] {
  const pfns = hmm.flatMap(({ pfn, write }, va): Line[] =>
    pfn === NONE ? [] : [{ name: `[${va}]`, value: `p${pfn} ${write ? 'write' : 'read'}` }],
  )
  return [
    {
      name: 'subscriptions',
      ...(active > 0 && { tone: 'held' as const }),
      lines: [
        { name: 'invalidate_seq', value: `${seq}${seq % 2 === 1 ? ', invalidating' : ''}` },
        ...(active > 0 ? [{ name: 'ranges', value: `${active} open` }] : []),
      ],
    },
    { name: 'interval', lines: [{ name: 'seq', value: `${interval}` }] },
    ...(pagesValid ? [{ name: 'drm_gpusvm', lines: [{ name: 'pages', value: 'valid' }] }] : []),
    ...(pfns.length > 0 ? [{ name: 'hmm_pfns', lines: pfns }] : []),
  ]
}
