// One of the threads of shared-store.test.ts: explores, level by level and together with the others, all vectors that
// counters in some words can make. A counter counts up to `most`, each step counts one of them.

import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

const { handle, module, control, thread, threads, counters, most } = workerData

register()
const { openSharedStore } = await import(module)

const NEXT = 0
const ARRIVED = 1
const ROUND = 2

const store = openSharedStore(handle)
const vector = new Int32Array(handle.words)
let added = 0
let used = 0

/** Waits for all threads. */
function barrier() {
  const round = Atomics.load(control, ROUND)
  if (Atomics.add(control, ARRIVED, 1) === threads - 1) {
    Atomics.store(control, ARRIVED, 0)
    Atomics.add(control, ROUND, 1)
    Atomics.notify(control, ROUND)
  } else {
    while (Atomics.load(control, ROUND) === round) Atomics.wait(control, ROUND, round)
  }
}

function flush() {
  added += store.insert(used)
  used = 0
}

function expand(id) {
  store.load(id, vector)
  for (const [ordinal, word] of counters.entries()) {
    if (vector[word] === most) continue
    if (used === store.capacity) flush()
    vector[word]++
    store.batch.set(vector, used * handle.words)
    vector[word]--
    store.parents[used] = id
    store.ordinals[used++] = ordinal
  }
}

let start = 0
for (;;) {
  barrier()
  const [end, full] = [store.count, store.full]
  if (thread === 0) {
    Atomics.store(control, NEXT, start)
    store.giveUp(start)
  }
  barrier()
  if (start === end || full) break
  for (let id = Atomics.add(control, NEXT, 64); id < end; id = Atomics.add(control, NEXT, 64)) {
    for (let i = id; i < Math.min(end, id + 64); i++) expand(i)
  }
  flush()
  start = end
}
Atomics.add(control, 4 + thread, added)
