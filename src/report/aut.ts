import type { StateGraph } from '../explore/state-graph.js'
import { edgeText } from './edge-text.js'
import { printable } from './wrap.js'

/**
 * A state graph in the Aldebaran format, for CADP, mCRL2 and LTSmin. The format knows one initial state: where there are
 * several, state 0 comes before them. Steps that end their run lead to one more state, the last.
 */
export function autText({ initial, states, edges }: StateGraph): string {
  const shift = initial > 1 ? 1 : 0
  const end = states.length + shift
  const starts = shift === 0 ? [] : Array.from({ length: initial }, (_, i) => `(0, "start ${i + 1}", ${i + 1})`)
  const lines = edges.map(edge => {
    const to = edge.to === undefined ? end : edge.to + shift
    return `(${edge.from + shift}, ${quoted(edgeText(edge))}, ${to})`
  })
  const ends = edges.some(({ to }) => to === undefined) ? 1 : 0
  const head = `des (0, ${starts.length + lines.length}, ${end + ends})`
  return `${[head, ...starts, ...lines].join('\n')}\n`
}

/** The format has no way to write a double quote inside of a label. */
function quoted(text: string): string {
  return `"${printable(text)
    .replaceAll('"', "'")
    .replace(/\p{Cs}/gu, '\ufffd')}"`
}
