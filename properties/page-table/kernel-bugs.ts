import { assertion } from 'foliocheck'

/** A BUG_ON or VM_BUG_ON of the kernel's own. */
export const noBug = assertion('no-kernel-bug', 'no BUG_ON of the kernel’s own text fires')
