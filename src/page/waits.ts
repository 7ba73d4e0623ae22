import type { Section } from '../picture/picture.js'
import { LOCKS, THREADS } from '../picture/sections.js'

/** A thread that cannot go on. */
export interface Wait {
  readonly thread: string
  /** The step that it stands before. */
  readonly at: string
  /** Locks that it waits for, each with who holds it. */
  readonly locks: readonly { readonly name: string; readonly holder: string }[]
}

/** Who waits in a picture. */
export function waitsIn(sections: readonly Section[]): Wait[] {
  const boxes = (title: string) => sections.find(section => section.title === title)?.boxes ?? []
  return boxes(THREADS).flatMap(({ name: thread, tone, lines: own }): Wait[] => {
    if (tone !== 'held' || own.length === 0) return []
    const locks = boxes(LOCKS).flatMap(({ name, lines }) => {
      const [holder, waiters] = ['held by', 'waited for by'].map(
        said => lines.find(line => line.name === said)?.value ?? '',
      )
      return waiters.split(', ').includes(thread) ? [{ name, holder }] : []
    })
    return [{ thread, at: own[0].value, locks }]
  })
}
