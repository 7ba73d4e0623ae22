import { createFingerprintStore } from '../src/explore/store/fingerprint-store.js'
import { createPlainStore } from '../src/explore/store/plain-store.js'
import { NO_PARENT, type StateStore } from '../src/explore/store/store.js'
import { createTreeStore } from '../src/explore/store/tree-store.js'

// What the stores cost by themselves: a made-up model of threads that lock pages, count references and unlock, explored
// breadth-first to a number of states. Run it with: npx tsx bench/store.bench.ts [plain, tree or fingerprint] [states]

const WORDS = 24
const THREADS = 5
const THREAD_BYTES = 6
const PAGES = 8
const PAGE_BYTES = 8
const STEPS = 24
const PAGES_AT = THREADS * THREAD_BYTES

const state = new Int32Array(WORDS)
const bytes = new Uint8Array(state.buffer)

/** Runs the next step of thread `t` in place. Returns whether it could. */
function step(t: number): boolean {
  const thread = t * THREAD_BYTES
  const pc = bytes[thread]
  if (pc === STEPS) return false
  const page = PAGES_AT + ((t + (pc >> 2) * (t + 1)) % PAGES) * PAGE_BYTES
  switch (pc & 3) {
    case 0:
      if (bytes[page] !== 0) return false
      bytes[page] = t + 1
      bytes[thread + 1] = bytes[page + 1]
      break
    case 1:
      bytes[page + 1]++
      bytes[thread + 2] = bytes[page + 2]
      break
    case 2:
      bytes[page + 2] ^= 1 << t
      bytes[page + 3] = bytes[page + 1]
      break
    default:
      bytes[page] = 0
      bytes[thread + 1] = 0
      bytes[thread + 2] = 0
  }
  bytes[thread] = pc + 1
  return true
}

const factories: Record<string, (words: number) => StateStore> = {
  plain: createPlainStore,
  tree: createTreeStore,
  fingerprint: createFingerprintStore,
}

function run(kind: string, most: number): void {
  const store = factories[kind](WORDS)
  const source = new Int32Array(WORDS)
  let { batch, parents, ordinals } = store
  let [used, inserted, inside] = [1, 0, 0]
  parents[0] = NO_PARENT

  const flush = () => {
    const start = performance.now()
    store.insert(used)
    inside += performance.now() - start
    inserted += used
    used = 0
    batch = store.batch
    parents = store.parents
    ordinals = store.ordinals
  }

  const start = performance.now()
  flush()
  for (let id = 0; id < store.count && store.count < most; id++) {
    if (used + THREADS > store.capacity) flush()
    store.load(id, source)
    state.set(source)
    for (let t = 0; t < THREADS; t++) {
      if (!step(t)) continue
      const at = used * WORDS
      for (let i = 0; i < WORDS; i++) {
        batch[at + i] = state[i]
        state[i] = source[i]
      }
      parents[used] = id
      ordinals[used] = t
      used++
    }
    if (id === store.count - 1) flush()
  }
  flush()
  const total = performance.now() - start
  const million = (n: number, ms: number) => `${(n / ms / 1000).toFixed(2)} M/s`
  console.log(
    `${kind}: ${store.count} states, ${(inserted / store.count).toFixed(2)} inserts per state, ` +
      `${million(inserted, inside)} inserts alone, ${million(inserted, total)} with the model, ` +
      `${(store.bytes / store.count).toFixed(1)} bytes a state`,
  )
}

const [kind = 'tree', most = '5000000'] = process.argv.slice(2)
run(kind, Number(most))
