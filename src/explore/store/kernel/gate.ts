// Who may work on the tables. Tables grow between groups of slots, never while one is worked on: before each group there
// must be room for the worst case. With several threads, each passes the gate for the time of a group; to let tables grow,
// a thread closes the gate and waits until all others have left.

import { SHARED } from './interner'
import { GATE } from './pages'

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
const CLOSED: usize = GATE + 4

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

/** Passes the gate, when it is open. */
export function enter(): void {
  if (!SHARED) return
  while (true) {
    atomic.add<u32>(INSIDE, 1)
    if (atomic.load<u32>(CLOSED) == 0) return
    atomic.sub<u32>(INSIDE, 1)
    atomic.wait<i32>(CLOSED, 1, -1)
  }
}

export function leave(): void {
  if (SHARED) atomic.sub<u32>(INSIDE, 1)
}

/** Closes the gate, and waits until nobody is inside. */
export function close(): void {
  if (!SHARED) return
  while (atomic.cmpxchg<u32>(CLOSED, 0, 1) != 0) atomic.wait<i32>(CLOSED, 1, -1)
  while (atomic.load<u32>(INSIDE) != 0) {}
}

export function open(): void {
  if (!SHARED) return
  atomic.store<u32>(CLOSED, 0)
  atomic.notify(CLOSED, -1)
}
