/** The thread whose step runs now. Set by both executions before any recipe or condition of that thread. */
export const running = { thread: 0 }

/**
 * The number of the thread that runs, as `smp_processor_id()` would say: 0 is the scenario's first thread, or its
 * setup when it has one. For ghosts such as "who holds this lock"; an operation that branches on it is no model.
 */
export function current(): number {
  return running.thread
}
