// Who may work on the tables. Tables grow between groups of slots, never while one is worked on: before each group there
// must be room for the worst case. With several threads, each passes the gate for the time of a group; to let tables grow,
// a thread closes the gate and waits until all others have left.

import { SHARED } from './interner'
import { GATE } from './pages'

/** Lets the thread sleep for a moment, unless the gate is open by now. */
// @ts-ignore: decorator
@external('env', 'pause')
declare function pause(): void

@unmanaged
class Gate {
  /** Threads inside. */
  inside: u32
  closed: u32
  full: u32
  /** Threads that may insert. */
  threads: u32
}

// @ts-ignore: decorator
@inline
function gate(): Gate {
  return changetype<Gate>(GATE)
}

const INSIDE: usize = GATE
/** Known to the store that owns the kernel, too. */
export const CLOSED: usize = GATE + 4

export function isFull(): bool {
  return gate().full != 0
}

export function setFull(): void {
  gate().full = 1
}

export function threads(): u32 {
  return gate().threads
}

export function addThread(): void {
  gate().threads++
}

/** How often a thread looks whether the gate is open before it sleeps: tables mostly grow in less time. */
const LOOKS: u32 = 20000

function awaitOpen(): void {
  for (let i: u32 = 0; i < LOOKS; i++) if (atomic.load<u32>(CLOSED) == 0) return
  pause()
}

/** Passes the gate, when it is open. */
export function enter(): void {
  if (!SHARED) return
  while (true) {
    atomic.add<u32>(INSIDE, 1)
    if (atomic.load<u32>(CLOSED) == 0) return
    atomic.sub<u32>(INSIDE, 1)
    awaitOpen()
  }
}

export function leave(): void {
  if (SHARED) atomic.sub<u32>(INSIDE, 1)
}

/** Closes the gate, and waits until nobody is inside. */
export function close(): void {
  if (!SHARED) return
  while (atomic.cmpxchg<u32>(CLOSED, 0, 1) != 0) awaitOpen()
  while (atomic.load<u32>(INSIDE) != 0) {}
}

export function open(): void {
  if (SHARED) atomic.store<u32>(CLOSED, 0)
}
