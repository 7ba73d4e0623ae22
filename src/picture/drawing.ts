import type { Machine } from '../program/operation.js'
import type { RecordType, ValueOf } from '../state/schema.js'
import type { Section } from './picture.js'

/** How the states of one machine are drawn. */
export interface Drawing {
  /** The machine's name. */
  readonly machine: string
  /** Pure; sees a whole state and changes nothing. */
  readonly draw: (s: never) => readonly Section[]
}

/** Says how the states of a machine are drawn; a state that it says nothing of is drawn field by field. */
export function drawing<S extends RecordType>(
  machine: Machine<S>,
  draw: (s: ValueOf<S>) => readonly Section[],
): Drawing {
  return { machine: machine.name, draw }
}
