// Memory by whole pages. The first page holds what has a fixed place. Only one thread at a time allocates or releases.

export const PAGE: u32 = 65536

/** Fixed places in the first page; below 1024 nothing is stored, so no pointer in use is null. */
export const STATES: usize = 1024
export const NODES: usize = 1152
export const LEAVES: usize = 1280
export const NEW_NODES: usize = 1408
export const NEW_LEAVES: usize = 1536
export const GATE: usize = 1664
export const VECTORS: usize = 1792
export const ORDER: usize = 1920
/** The size of memory in pages: what memory.size() says may be out of date when another thread grew it. */
const SIZE: usize = 2176
const FREE: usize = 2184
const FREE_END: usize = 65536

/** Memory grows by a 32nd at least: growing is slow. */
const GROWTH_SHIFT: u32 = 5

/** A run of unused pages: left behind by a table that moved, or gained in advance at the end of memory. */
@unmanaged
class Run {
  at: u32
  pages: u32
}

export function size(): u32 {
  return max(1, load<u32>(SIZE))
}

/** Returns a run of pages, not cleared, or 0 when the memory limit forbids it. */
export function allocate(pages: u32): usize {
  for (let p = FREE; p < FREE_END; p += offsetof<Run>()) {
    if (changetype<Run>(p).pages >= pages) return take(changetype<Run>(p), pages)
  }
  const end = size() * PAGE
  const last = runEndingAt(end)
  const missing = pages - (last ? last.pages : 0)
  let gained = max(missing, size() >> GROWTH_SHIFT)
  if (memory.grow(gained) < 0) {
    gained = missing
    if (memory.grow(gained) < 0) return 0
  }
  store<u32>(SIZE, size() + gained)
  if (last) {
    last.pages += gained
    return take(last, pages)
  }
  if (gained > pages) release(end + pages * PAGE, gained - pages)
  return end
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
