import { kernel } from 'foliocheck'
import { v7_1 } from './v7.1.js'

/** The newest tree that was read. */
export const v7_3 = kernel(
  'v7.3',
  {
    date: '2026-07',
    about:
      'akpm’s mm tree at 7.3.0-rc5; in the life cycle it differs from v7.1 in statistics and in how struct pages are ' +
      'first written, neither of which is modelled',
    base: v7_1,
  },
  [],
)
