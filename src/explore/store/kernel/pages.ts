// Memory by whole pages. The first page holds what has a fixed place: the interners' records, the list of free runs.

export const PAGE: u32 = 65536

/** Fixed places in the first page; below 1024 nothing is stored, so no pointer in use is null. */
export const STATES: usize = 1024
export const NODES: usize = 1152
export const LEAVES: usize = 1280
export const FREE: usize = 2048
const FREE_END: usize = 4096

/** A run of pages that a table left behind when it moved. The list is short: tables only move when they double. */
@unmanaged
class Run {
  at: u32
  pages: u32
}

/** Returns a run of pages, not cleared, or 0 when the memory limit forbids it. */
export function allocate(pages: u32): usize {
  for (let p = FREE; p < FREE_END; p += offsetof<Run>()) {
    const run = changetype<Run>(p)
    if (run.pages < pages) continue
    const at = run.at
    run.at += pages * PAGE
    run.pages -= pages
    return at
  }
  const before = memory.grow(pages)
  return before < 0 ? 0 : <usize>before * PAGE
}

/** Takes back a run of pages. */
export function release(at: usize, pages: u32): void {
  for (let p = FREE; p < FREE_END; p += offsetof<Run>()) {
    const run = changetype<Run>(p)
    if (run.pages != 0) continue
    run.at = <u32>at
    run.pages = pages
    return
  }
}
