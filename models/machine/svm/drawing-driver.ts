import type { Box, Line } from 'foliocheck'
import { NONE } from 'foliocheck'
import type { State } from './state.js'

/** What the driver has beside its page table, as far as it is in use: a chunk, a buffer object, who faults, who spins. */
export function drawDriver(s: State): Box[] {
  return [
    ...(s.chunk ? [{ name: 'chunk', lines: [{ name: '', value: 'allocated' }] }] : []),
    ...(s.bo.refs > 0 || s.bo.npages > 0 ? [buffer(s.bo)] : []),
    ...(s.faultingTask === NONE
      ? []
      : [{ name: 'faulting_task', lines: [{ name: '', value: `cpu${s.faultingTask}` }] }]),
    ...(s.foreign ? [{ name: 'other device', lines: [{ name: 'prefers', value: 'this drm_pagemap' }] }] : []),
    ...(s.cpu0 === NONE
      ? []
      : [{ name: 'CPU 0', tone: 'held' as const, lines: [{ name: 'runs', value: `cpu${s.cpu0}, and nobody else` }] }]),
  ]
}

function buffer({ refs, block, npages, clearing, fence }: State['bo']): Box {
  const end = block + npages - 1
  return {
    name: 'bo',
    tone: refs > 0 ? 'device' : 'passing',
    lines: [
      { name: 'refs', value: `${refs}` },
      ...(npages > 0 ? [{ name: 'block', value: npages === 1 ? `p${block}` : `p${block}..p${end}` }] : []),
      ...(clearing ? [{ name: 'clear', value: 'queued', tone: 'passing' as const }] : []),
      ...(fence ? [{ name: 'pre_migrate_fence', value: 'set' }] : []),
    ],
  }
}

/** The chain from a device page to the text of the module that its functions are in. */
export function drawPagemap({ pgmap, zdd, dpagemap, provider }: State): Box[] {
  const quiet = (name: string): Box => ({ name, title: 'none', tone: 'quiet', lines: [] })
  return [
    {
      name: 'pgmap',
      ...(pgmap.gone ? { title: 'gone', tone: 'quiet' } : pgmap.dead ? { title: 'killed', tone: 'passing' } : {}),
      lines: [{ name: 'ref', value: `${pgmap.cnt}` }],
    },
    zdd.kref === 0 && !zdd.dpagemap
      ? quiet('zdd')
      : {
          name: 'zdd',
          lines: [
            { name: 'kref', value: `${zdd.kref}` },
            ...(zdd.dpagemap ? [{ name: 'dpagemap', value: 'referenced' }] : []),
          ],
        },
    dpagemap.there
      ? {
          name: 'drm_pagemap',
          lines: [
            { name: 'ref', value: `${dpagemap.ref}` },
            ...(dpagemap.held ? [{ name: 'drm_device', value: 'held' }] : []),
          ],
        }
      : quiet('drm_pagemap'),
    ...device(provider),
  ]
}

function device({ drm, there, unplugged, entered, module, loaded, unhold }: State['provider']): Box[] {
  if (!there && !unplugged && !loaded) return [{ name: 'provider', title: 'none', tone: 'quiet', lines: [] }]
  const more: Line[] = [
    ...(unplugged ? [{ name: 'device', value: 'unplugged', tone: 'passing' as const }] : []),
    ...(entered > 0 ? [{ name: 'drm_dev_enter', value: `${entered} inside` }] : []),
    ...(unhold > 0 ? [{ name: 'unhold_list', value: `${unhold} queued` }] : []),
  ]
  return [
    {
      name: 'drm_device',
      ...(!there && { title: 'gone', tone: 'quiet' }),
      lines: [{ name: 'ref', value: `${drm}` }, ...more],
    },
    {
      name: 'module',
      title: loaded ? 'loaded' : 'gone',
      ...(!loaded && { tone: 'quiet' }),
      lines: [{ name: 'ref', value: `${module}` }],
    },
  ]
}
