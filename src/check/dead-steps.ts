/** A step that is expected to be taken by no run of any scenario. */
export interface DeadExpected {
  /** The kernel on which that is so; every one unless given. */
  readonly kernel?: string | undefined
  readonly operation: string
  /** The label of the step. */
  readonly step: string
  /** Why no run takes it. */
  readonly note: string
}

/** What is said of a step among those that are expected to be dead. */
export function expectedDead(dead: readonly DeadExpected[], operation: string, step: string): DeadExpected | undefined {
  return dead.find(entry => entry.operation === operation && entry.step === step)
}
