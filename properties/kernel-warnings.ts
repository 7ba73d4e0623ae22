import { assertion } from 'foliocheck'

/** A WARN_ON or VM_WARN_ON of the kernel's own. */
export const noWarning = assertion('no-kernel-warning', 'no WARN_ON of the kernel’s own text fires')
