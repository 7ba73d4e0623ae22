import { expect, NONE } from 'foliocheck'
import { readSeesLastWrite } from '../../../properties/page-table/data.js'
import { N, ZAPPED } from './sizes.js'
import type { State } from './state.js'

/** What pages hold, and what reads must return: the specification's memory. */

/** A store that has reached frame `p` through page `index` of the VMA. */
export function storeData(s: State, va: number, index: number, p: number, value: number): void {
  s.pages[p].data = value
  const vma = s.vmas[va]
  vma.want[index].data = vma.zaps > 0 ? NONE : value
}

/** A load through page `index` of the VMA that has reached frame `p`. */
export function loadData(s: State, va: number, index: number, p: number): void {
  const { data: want } = s.vmas[va].want[index]
  const { data } = s.pages[p]
  expect(
    readSeesLastWrite,
    want === NONE || want === ZAPPED || want === data,
    `va${va}[${index}] reads ${data}, last written was ${want}`,
  )
}

/** folio_mc_copy: the content of `from` is now in `to` as well. */
export function copyData(s: State, from: number, to: number, pages: number): void {
  for (let i = 0; i < pages; i++) s.pages[to + i].data = s.pages[from + i].data
}

/** A zap of a VMA begins: until its end a read may return anything, and zeroes afterwards unless something was stored. */
export function beginZap(s: State, va: number, index: number): void {
  const vma = s.vmas[va]
  vma.zaps++
  vma.softDirty = false
  vma.protect = false
  vma.zapped = true
  for (let i = 0; i < N; i++) if (index === NONE || index === i) vma.want[i].data = ZAPPED
}

export function endZap(s: State, va: number): void {
  const vma = s.vmas[va]
  vma.zaps--
  if (vma.zaps > 0) return
  for (let i = 0; i < N; i++) if (vma.want[i].data === ZAPPED) vma.want[i].data = 0
}

/** What reads of `to` must return is what reads of `from` must, but for pages that have been copied already. */
export function inheritData(s: State, from: number, to: number): void {
  for (let i = 0; i < N; i++) {
    const want = s.vmas[to].want[i]
    if (want.data === NONE) want.data = s.vmas[from].want[i].data
  }
}

/** A write-protection through userfaultfd begins: it says nothing about what is zapped before its end. */
export function beginProtect(s: State, va: number): void {
  s.vmas[va].zapped = s.vmas[va].zaps > 0
}

export function endProtect(s: State, va: number): void {
  if (!s.vmas[va].zapped) s.vmas[va].protect = true
}
