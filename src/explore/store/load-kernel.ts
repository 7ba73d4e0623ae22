import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PAGE = 65536
/** One page less than WebAssembly allows, so that the end of memory is still a 32-bit address. */
const MOST_PAGES = 65535

interface WasmGlobal {
  readonly value: number
}

/** The memory of one kernel. Growing it detaches every view of its buffer. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

/** The part of the WebAssembly interface used here: neither the ES library nor the types of Node declare it. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: unknown }
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory
}

const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly

/** What the kernel exports. Unsigned numbers arrive as signed ones: use `>>> 0`. */
export interface Kernel {
  init(words: number, capacity: number, fingerprints: boolean): number
  insert(n: number): void
  decode(id: number): void
  count(): number
  parentOf(id: number): number
  ordinalOf(id: number): number
  mixed(key: bigint): bigint
  firstFingerprint(): bigint
  setOrder(): void
  reorder(): number
  readonly cells: WasmGlobal
  readonly order: WasmGlobal
  readonly full: WasmGlobal
  readonly batch: WasmGlobal
  readonly parents: WasmGlobal
  readonly ordinals: WasmGlobal
  readonly found: WasmGlobal
  readonly vector: WasmGlobal
}

/** The directory of this package, from its sources as well as from its build. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

let compiled: object | undefined

function kernelModule(): object {
  if (compiled) return compiled
  const path = join(packageRoot(), 'dist', 'kernel.wasm')
  if (!existsSync(path)) throw new Error(`${path} is missing; build the package first: npm run build`)
  compiled = new wasm.Module(readFileSync(path))
  return compiled
}

/** A memory that never grows past `limit` bytes, and a kernel working in it. */
export function instantiate(limit: number): { kernel: Kernel; memory: WasmMemory } {
  const maximum = Math.max(1, Math.min(MOST_PAGES, Math.floor(limit / PAGE)))
  const memory = new wasm.Memory({ initial: 1, maximum })
  const instance = new wasm.Instance(kernelModule(), { env: { memory } })
  return { kernel: instance.exports as Kernel, memory }
}
