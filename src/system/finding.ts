/** What a finding speaks of. */
interface Claim {
  readonly name: string
  /** In one sentence. */
  readonly claim: string
}

/** One violated claim of one transition. */
export interface Finding {
  readonly property: Claim
  readonly message: string
  /** The run cannot go on: the kernel would have crashed or followed a wild pointer. */
  readonly fatal: boolean
}
