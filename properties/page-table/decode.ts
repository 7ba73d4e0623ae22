import { assertion } from 'foliocheck'

/** Entries are read as what they are. */

/** I13: a frame number taken out of an entry by a decoder for another kind is a wild pointer. */
export const decodedByKind = assertion(
  'entry-decoded-by-its-kind',
  'the page of an entry is looked up by the decoder for its kind: present, migration, device-private, device-exclusive',
)

/** The same seen by the kernel’s own VM_BUG_ON and VM_WARN_ON about entries. */
export const kindAsserted = assertion(
  'asserted-entry-kind-is-right',
  'what the kernel asserts of the kind of an entry is true of it',
)
