import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../project/package-root.js'

/** Bytes of a page of WebAssembly memory. */
export const PAGE = 65536
/** One page less than WebAssembly allows, so that the end of memory is still a 32-bit address. */
const MOST_PAGES = 65535

interface WasmGlobal {
  readonly value: number
}

/** The memory of one kernel, or of several that share it. Growing it detaches every view of its buffer, unless shared. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

/** The part of the WebAssembly interface used here: neither the ES library nor the types of Node declare it. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: { env: object }) => { readonly exports: unknown }
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory
}

const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly

/** What the kernel exports. Unsigned numbers arrive as signed ones: use `>>> 0`. */
export interface Kernel {
  init(words: number, capacity: number, fingerprints: boolean): number
  attach(words: number, capacity: number, fingerprints: boolean): number
  useOrder(): void
  reorder(): number
  insert(n: number): void
  decode(id: number): void
  giveUp(id: number): void
  count(): number
  full(): number
  pages(): number
  parentOf(id: number): number
  ordinalOf(id: number): number
  mixed(key: bigint): bigint
  firstFingerprint(): bigint
  readonly added: WasmGlobal
  readonly cells: WasmGlobal
  readonly order: WasmGlobal
  readonly closed: WasmGlobal
  readonly batch: WasmGlobal
  readonly parents: WasmGlobal
  readonly ordinals: WasmGlobal
  readonly found: WasmGlobal
  readonly vector: WasmGlobal
}

const compiled = new Map<string, object>()

function kernelModule(name: string): object {
  const known = compiled.get(name)
  if (known) return known
  const path = join(packageRoot(), 'dist', name)
  if (!existsSync(path)) throw new Error(`${path} is missing; build the package first: npm run build`)
  const module = new wasm.Module(readFileSync(path))
  compiled.set(name, module)
  return module
}

/** A memory that never grows past `limit` bytes. */
export function createMemory(limit: number, shared: boolean): WasmMemory {
  const maximum = Math.max(1, Math.min(MOST_PAGES, Math.floor(limit / PAGE)))
  return new wasm.Memory({ initial: 1, maximum, shared })
}

/** A kernel that works in `memory`. */
export function createKernel(memory: WasmMemory, shared: boolean): Kernel {
  const module = kernelModule(shared ? 'kernel.shared.wasm' : 'kernel.wasm')
  // Not WebAssembly's own instruction for waiting: with Node 20.20, a function that had waited was seen to have lost one
  // of its arguments.
  const pause = () => Atomics.wait(new Int32Array(memory.buffer, kernel.closed.value, 1), 0, 1, 1)
  const kernel = new wasm.Instance(module, { env: { memory, pause } }).exports as Kernel
  return kernel
}
