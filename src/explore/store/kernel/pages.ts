// Memory by whole pages. The first page holds what has a fixed place: the interners' records, the list of free runs.

export const PAGE: u32 = 65536

/** Fixed places in the first page; below 1024 nothing is stored, so no pointer in use is null. */
export const STATES: usize = 1024
export const NODES: usize = 1152
export const LEAVES: usize = 1280
export const NEW_NODES: usize = 1408
export const NEW_LEAVES: usize = 1536
export const FREE: usize = 2048
const FREE_END: usize = 65536

/** Memory grows by a 32nd at least: growing is slow. */
const GROWTH_SHIFT: u32 = 5

/** A run of unused pages: left behind by a table that moved, or gained in advance at the end of memory. */
@unmanaged
class Run {
  at: u32
  pages: u32
}

/** Returns a run of pages, not cleared, or 0 when the memory limit forbids it. */
export function allocate(pages: u32): usize {
  for (let p = FREE; p < FREE_END; p += offsetof<Run>()) {
    if (changetype<Run>(p).pages >= pages) return take(changetype<Run>(p), pages)
  }
  const size = <u32>memory.size()
  const last = runEndingAt(size * PAGE)
  const missing = pages - (last ? last.pages : 0)
  const ample = max(missing, size >> GROWTH_SHIFT)
  let gained = ample
  if (memory.grow(ample) < 0) {
    if (memory.grow(missing) < 0) return 0
    gained = missing
  }
  if (last) {
    last.pages += gained
    return take(last, pages)
  }
  const at = size * PAGE
  if (gained > pages) release(at + pages * PAGE, gained - pages)
  return at
}

function take(run: Run, pages: u32): usize {
  const at = run.at
  run.at += pages * PAGE
  run.pages -= pages
  return at
}

function runEndingAt(end: u32): Run | null {
  for (let p = FREE; p < FREE_END; p += offsetof<Run>()) {
    const run = changetype<Run>(p)
    if (run.pages != 0 && run.at + run.pages * PAGE == end) return run
  }
  return null
}

/** Takes back a run of pages. */
export function release(at: usize, pages: u32): void {
  let unused: usize = 0
  for (let p = FREE; p < FREE_END; p += offsetof<Run>()) {
    const run = changetype<Run>(p)
    if (run.pages == 0) {
      if (run.at == 0 && unused != 0) break
      unused = p
    } else if (run.at + run.pages * PAGE == <u32>at) {
      run.pages += pages
      return
    } else if (at + pages * PAGE == run.at) {
      run.at = <u32>at
      run.pages += pages
      return
    }
  }
  if (unused == 0) return
  const run = changetype<Run>(unused)
  run.at = <u32>at
  run.pages = pages
}
