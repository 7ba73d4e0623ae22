/**
 * What one step touches: a bit per byte of the shared state, and above those, among the writes, a bit per observer
 * whose cells the step changes.
 */
export class Access {
  readonly reads: Int32Array
  readonly writes: Int32Array

  constructor(words: number) {
    this.reads = new Int32Array(words)
    this.writes = new Int32Array(words)
  }

  set(other: Access): void {
    this.reads.set(other.reads)
    this.writes.set(other.writes)
  }
}

/** Whether the order of two steps matters: one writes what the other touches, or one observer sees both. */
export function conflict(a: Access, b: Access): boolean {
  const { reads, writes } = a
  for (let i = 0; i < reads.length; i++) {
    if (((writes[i] & (b.reads[i] | b.writes[i])) | (reads[i] & b.writes[i])) !== 0) return true
  }
  return false
}
