import { ModelError } from '../errors.js'
import { type Fields, type RecordType, record, type Type, type ValueOf } from '../state/schema.js'
import { type Builder, makeBuilder } from './builder.js'
import type { Node } from './node.js'

/** What a call needs to know of an operation: its name, parameters and result. The kernel supplies the body. */
export interface OperationRef<P extends Fields = Fields, R = unknown> {
  readonly name: string
  readonly params: P
  readonly _result?: R
}

/** The model of one kernel or driver function. */
export interface Operation<P extends Fields = Fields, R = unknown, L extends Fields = Fields>
  extends OperationRef<P, R> {
  /** The kernel file it mirrors, relative to the kernel tree: `mm/memremap.c`. */
  readonly source: string
  /** Parameters and locals together: what a step sees as `t`. */
  readonly frame: RecordType
  readonly body: readonly Node[]
  /** The text of the function that made the body. */
  readonly text: string
  readonly _locals?: L
}

export interface OperationSpec<P extends Fields, L extends Fields, R extends Type> {
  readonly source: string
  readonly params?: P
  readonly locals?: L
  readonly returns?: R
}

/** The locals of an operation with parameters `P` and locals `L`. */
export type Frame<P extends Fields, L extends Fields> = ValueOf<RecordType<P & L, Record<never, never>>>

/** Declares operations over one machine, so that `s` is typed in every recipe. */
export class Machine<S extends RecordType> {
  constructor(
    readonly name: string,
    readonly schema: S,
  ) {}

  /** The model of one function. `body` receives the words that build it. */
  operation<P extends Fields = Record<never, never>, L extends Fields = Record<never, never>, R extends Type = never>(
    name: string,
    spec: OperationSpec<P, L, R>,
    body: (words: Builder<ValueOf<S>, Frame<P, L>, ValueOf<R>>) => readonly Node[],
  ): Operation<P, ValueOf<R>, L> {
    const params = spec.params ?? ({} as P)
    const locals = spec.locals ?? ({} as L)
    for (const local of Object.keys(locals)) {
      if (local in params) {
        throw new ModelError(`operation ${name}`, `has a parameter and a local called ${local}`, 'rename the local')
      }
    }
    const frame = record({ ...params, ...locals })
    return { name, params, source: spec.source, frame, body: body(makeBuilder()), text: String(body) }
  }

  /** The words to write steps of a patch to `operation` with; `more` are the locals that the patch adds. */
  words<P extends Fields, R, L extends Fields, N extends Fields = Record<never, never>>(
    operation: Operation<P, R, L>,
    more?: N,
  ): Builder<ValueOf<S>, Frame<P & L, N>, R> {
    void operation
    void more
    return makeBuilder()
  }

  /** A function that is called through a pointer; a driver or kernel binds it to an operation of the same name. */
  hook<P extends Fields = Record<never, never>, R extends Type = never>(
    name: string,
    spec: { readonly params?: P; readonly returns?: R },
  ): OperationRef<P, ValueOf<R>> {
    return { name, params: spec.params ?? ({} as P) }
  }
}

/** A machine with the given state. */
export function machine<S extends RecordType>(name: string, schema: S): Machine<S> {
  return new Machine(name, schema)
}
