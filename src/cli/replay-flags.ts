import type { OtherKernel } from './kernel-of.js'

/** What is replayed, on which models. */
export interface ReplayFlags extends OtherKernel {
  readonly json?: boolean
  readonly model?: string
  /** What a trace from elsewhere is a run of. */
  readonly scenario?: string
}
