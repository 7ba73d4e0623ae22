import type { Variant } from '../check/expectations.js'
import { FileError, UsageError } from '../errors.js'
import type { Kernel } from '../program/kernel.js'
import { kernelNamed, kernelWith } from '../project/load.js'
import type { Project } from '../project/project.js'

/** Another kernel than that of a file, or other patches. */
export interface OtherKernel {
  readonly kernel?: string
  readonly patch: readonly string[]
}

/** Whether another kernel or other patches are asked for. */
export function elsewhere({ kernel, patch }: OtherKernel): boolean {
  return kernel !== undefined || patch.length > 0
}

/**
 * Does something on the kernel and patches that a file names, or on those asked for.
 * @throws FileError for names of the file that are not known, and whatever `work` throws
 */
export async function onKernelOf<R>(
  file: string,
  found: Variant,
  project: Project,
  other: OtherKernel,
  work: (kernel: Kernel) => R,
): Promise<R> {
  try {
    const kernel = elsewhere(other)
      ? await kernelWith(project, other.kernel ?? found.kernel, other.patch)
      : kernelNamed(project, found.kernel, found.patches)
    return work(kernel)
  } catch (thrown) {
    if (!(thrown instanceof UsageError) || elsewhere(other)) throw thrown
    const hint = thrown.object.startsWith('patch') ? 'a patch from a file is given with --patch' : thrown.next
    throw new FileError(file, `names ${thrown.object}, which ${thrown.reason}`, hint)
  }
}
