import type { Finding } from '../system/finding.js'
import type { Successors, System } from '../system/system.js'

/** An enabled step, and what comes of it. */
export interface Step {
  readonly ordinal: number
  /** The successor; undefined when the step ends its run. */
  readonly vector: Int32Array | undefined
  readonly findings: readonly Finding[]
  /** The bound that cut it, or the value that did not fit; else empty. */
  readonly ended: string
}

/** Every enabled step from a vector, those with a successor first; the working vector holds `vector` afterwards. */
export function stepsFrom(system: System, vector: Int32Array): Step[] {
  const said = new Map<number, readonly Finding[]>()
  const ended = new Map<number, string>()
  const ordinals: number[] = []
  const sink: Successors & { slot: number } = {
    words: new Int32Array(system.maxSuccessors * system.words),
    slot: 0,
    push: ordinal => {
      ordinals.push(ordinal)
      sink.slot++
    },
    found: (ordinal, findings) => {
      said.set(ordinal, findings)
    },
    cut: (ordinal, bound) => {
      ended.set(ordinal, `bound ${bound}`)
    },
    broke: (ordinal, error) => {
      ended.set(ordinal, `broke ${error.message}`)
    },
  }
  system.vector.set(vector)
  system.expand(sink)
  const stepOf = (ordinal: number, successor?: Int32Array): Step => ({
    ordinal,
    vector: successor,
    findings: said.get(ordinal) ?? [],
    ended: ended.get(ordinal) ?? '',
  })
  const last = [...new Set([...said.keys(), ...ended.keys()])].filter(ordinal => !ordinals.includes(ordinal))
  return [
    ...ordinals.map((ordinal, i) => stepOf(ordinal, sink.words.slice(i * system.words, (i + 1) * system.words))),
    ...last.map(ordinal => stepOf(ordinal)),
  ]
}
