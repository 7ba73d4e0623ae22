import type { Row } from '../check/rows.js'

/** A kernel with its patches, as reports name it. */
export function kernelName({ kernel, patches }: Pick<Row, 'kernel' | 'patches'>): string {
  return [kernel, ...patches].join(' + ')
}
